// A suite as JSON with every default filled in: what result.json keeps, and what a user can copy to
// run the same again. Reading it gives the same suite.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/suite/suite.h"

namespace tracetax {

[[nodiscard]] Json resolved_form(const Suite& suite);

}  // namespace tracetax
