// SPDX-License-Identifier: Apache-2.0
#include "targets/service/fault_check.h"

#include <algorithm>

namespace tracetax {
namespace {

/// It, or a service behind it.
bool calls_with_a_span(const Framework& framework) {
  if (std::holds_alternative<GrpcPipeline>(framework.pipeline)) return !framework.back.empty();
  const bool has_client = std::ranges::any_of(stages_of(framework), [](const StageSpec& spec) {
    const auto* trace = std::get_if<TraceSpec>(&spec);
    return trace != nullptr && trace->record.kind == SpanKind::client;
  });
  if (has_client || framework.back.empty()) return has_client;
  const auto back = find_in_catalog(framework_catalog(), "target", framework.back);
  return back && calls_with_a_span((*back)());
}

Status cannot(TracingFault fault, const Framework& framework, std::string_view why) {
  return failure(ExitCode::usage,
                 fmt::format("TRACETAX_FAULT: {}: '{}' {}", name_of(fault), framework.name, why));
}

}  // namespace

Status check_faults(const TracingFaults& faults, const Framework& framework, const WorkSpec& work) {
  if (!framework.role.empty()) return {};
  const bool calls = calls_with_a_span(framework);
  if (faults.has(TracingFault::no_inject) && !calls) {
    return cannot(TracingFault::no_inject, framework,
                  "calls no other service; kitex-chain, gomicro-chain and grpc-chain do");
  }
  if (faults.has(TracingFault::background_context) && !calls && work.inner_spans == 0) {
    return cannot(TracingFault::background_context, framework,
                  "makes no span inside another; add --inner-spans 3");
  }
  if (faults.has(TracingFault::ctx_shadow) && work.inner_spans < 2) {
    return cannot(TracingFault::ctx_shadow, framework,
                  "makes no spans one after another; add --inner-spans 3");
  }
  return {};
}

}  // namespace tracetax
