// What can only be said of a topology as a whole: names that stand for something, labels that stand
// once, routes that can be reached, variants with the same processes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/json/json_fields.h"
#include "harness/core/topology/topology.h"

namespace tracetax {

/// `pointer` is where the document stands; what is wrong goes to `mistakes`.
void check_topology(const Topology& topology, const std::string& pointer, Mistakes& mistakes);

/// A variant is started as its base is: the same services with as many instances behind the same
/// frameworks, and the same legs.
void check_variant(const Topology& base, const Topology& variant, const std::string& pointer,
                   Mistakes& mistakes);

}  // namespace tracetax
