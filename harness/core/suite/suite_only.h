// A part of a suite: the cells that --only names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Keeps the cells that `only` names: targets by what is left of the slash, scenarios by what is
/// right, with * and ? in both. Who names a pair means both of it. That there is none is a mistake.
void keep_only(Suite& suite, const std::string& only, Mistakes& mistakes);

}  // namespace tracetax
