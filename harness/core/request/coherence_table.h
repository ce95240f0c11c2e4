// How far the ratio samplers of seven SDKs agree, as a table for people.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/text/units.h"

namespace tracetax {

/// Lines of at most 80 characters. `rate` is above 0.
[[nodiscard]] std::string coherence_table(SampleRate rate);

}  // namespace tracetax
