// go-zero REST (gozero_rest.cc) with CpuThreshold: 0, which does not build the shedder: under a
// load generator on the same machine the other one sheds by a CPU load that is not its own.
// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "targets/service/frameworks.h"

namespace tracetax {

Framework make_gozero_rest_cpu0() {
  Framework framework = make_gozero_rest();
  framework.name = "gozero-rest-cpu0";
  framework.models = "go-zero REST v1.10.3 with CpuThreshold: 0 (no shedder)";
  for (StageSpec& stage : std::get<HttpPipeline>(framework.pipeline).stages) {
    if (auto* shed = std::get_if<ShedGozeroSpec>(&stage)) shed->cpu_threshold = 0;
  }
  return framework;
}

}  // namespace tracetax
