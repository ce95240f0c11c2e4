// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/framework.h"

#include <string>

namespace tracetax {

InstrumentationScope instrumentation_scope(const Framework& framework) {
  if (const auto* grpc = std::get_if<GrpcPipeline>(&framework.pipeline)) {
    return {std::string(grpc->scope_name), std::string(grpc->scope_version)};
  }
  for (const StageSpec& spec : std::get<HttpPipeline>(framework.pipeline).stages) {
    if (const auto* trace = std::get_if<TraceSpec>(&spec)) {
      return {std::string(trace->record.scope_name), std::string(trace->record.scope_version)};
    }
  }
  return {};
}

std::string_view back_of(const Framework& framework) {
  const auto* grpc = std::get_if<GrpcPipeline>(&framework.pipeline);
  return grpc == nullptr ? std::string_view{} : grpc->back;
}

}  // namespace tracetax
