// A verdict as part of result.json: every test with its bound, looks and p-values. Written for
// other readers; this program computes it anew from the segments.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/gate/judgement.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

[[nodiscard]] Json judgement_to_json(const Judgement& judgement, const GateSpec& gate);

}  // namespace tracetax
