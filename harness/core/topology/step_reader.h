// The steps of a route as JSON. Part of topology_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/json/json_fields.h"
#include "harness/core/topology/topology.h"

namespace tracetax {

/// `list` stands at `pointer`; what is wrong with it goes to `mistakes`.
[[nodiscard]] Steps read_steps(const JsonSource::Json& list, const std::string& pointer,
                               Mistakes& mistakes);

}  // namespace tracetax
