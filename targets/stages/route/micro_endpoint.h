// Stage `endpoint` of go-micro: the header Micro-Endpoint ("Bench.Echo") says which method is
// meant, whatever the path; from here on it is the exchange's path. Without it the path stays.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

struct MicroEndpointSpec {};
[[nodiscard]] StagePointer make_stage(const MicroEndpointSpec& spec);

}  // namespace tracetax
