// What the look before a run saw, for people.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "harness/core/check_line.h"

namespace tracetax {

/// Which lines are shown.
enum class CheckView { all, what_is_wrong };

/// One line per check, and its remedy beneath it; lines are wrapped at `width` columns. With
/// what_is_wrong, notes and what is right are left out; empty if nothing is left.
[[nodiscard]] std::string write_checks(std::span<const CheckLine> lines, CheckView view, int width,
                                       bool color);

}  // namespace tracetax
