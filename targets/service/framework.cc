// SPDX-License-Identifier: Apache-2.0
#include "targets/service/framework.h"

#include <algorithm>
#include <string>

namespace tracetax {

std::span<const StageSpec> stages_of(const Framework& framework) {
  if (const auto* http = std::get_if<HttpPipeline>(&framework.pipeline)) return http->stages;
  if (const auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline)) return rpc->stages;
  return {};
}

bool waits_for_others(const Framework& framework) {
  return std::ranges::any_of(stages_of(framework), [](const StageSpec& spec) {
    return std::holds_alternative<CallSpec>(spec) || std::holds_alternative<DaprCallSpec>(spec);
  });
}

bool passes_queries_on(const Framework& framework) {
  return std::ranges::any_of(stages_of(framework), [](const StageSpec& spec) {
    const auto* call = std::get_if<CallSpec>(&spec);
    return std::holds_alternative<DaprCallSpec>(spec) ||
           (call != nullptr && call->wire == CallWire::http);
  });
}

void write_logs_to(int fd, Framework& framework) {
  const auto redirect = [fd](StageSpecs& stages) {
    for (StageSpec& stage : stages) {
      std::visit(
          [fd](auto& spec) {
            if constexpr (requires { spec.fd; }) spec.fd = fd;
          },
          stage);
    }
  };
  if (auto* http = std::get_if<HttpPipeline>(&framework.pipeline)) redirect(http->stages);
  if (auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline)) redirect(rpc->stages);
}

InstrumentationScope instrumentation_scope(const Framework& framework) {
  if (const auto* grpc = std::get_if<GrpcPipeline>(&framework.pipeline)) {
    return {std::string(grpc->scope_name), std::string(grpc->scope_version)};
  }
  for (const StageSpec& spec : stages_of(framework)) {
    if (const auto* trace = std::get_if<TraceSpec>(&spec)) {
      return {std::string(trace->record.scope_name), std::string(trace->record.scope_version)};
    }
  }
  return {};
}

}  // namespace tracetax
