// SPDX-License-Identifier: Apache-2.0
#include "scenarios/catalog.h"

#include <array>

// A line for each, in the order of `tracetax list scenarios`: the function that its file has.
#define TRACETAX_SCENARIOS(KIND) \
  KIND(http_scenario_kind)       \
  KIND(grpc_scenario_kind)       \
  KIND(thrift_scenario_kind)     \
  KIND(kitex_pb_scenario_kind)   \
  KIND(tars_scenario_kind)       \
  KIND(triple_scenario_kind)     \
  KIND(gomicro_scenario_kind)    \
  KIND(otlp_scenario_kind)

namespace tracetax {

#define DECLARED(kind) ScenarioEntry kind();
TRACETAX_SCENARIOS(DECLARED)
#undef DECLARED

std::span<const ScenarioEntry> scenarios() {
#define LISTED(kind) kind(),
  static const std::array kScenarios{TRACETAX_SCENARIOS(LISTED)};
#undef LISTED
  return kScenarios;
}

ScenarioFacts describe_scenario(const ScenarioSpec& spec) {
  const auto kind = find_in_catalog(scenarios(), "scenario kind", spec.kind);
  return kind && kind->describe != nullptr ? kind->describe(spec) : ScenarioFacts{};
}

}  // namespace tracetax
