// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/framework.h"

#include <fmt/format.h>

#include <utility>

namespace tracetax {
namespace {

constexpr bool is_instrumentation(const StageSpec& spec) {
  return std::holds_alternative<TraceSpec>(spec) || std::holds_alternative<MetricSpec>(spec);
}

struct Build {
  Tracer& tracer;
  StagePointer operator()(const TraceSpec& spec) const { return make_stage(spec, tracer); }
  template <typename Spec>
  StagePointer operator()(const Spec& spec) const {
    return make_stage(spec);
  }
};

}  // namespace

Chain build_chain(const Framework& framework, const WorkSpec& work, Tracer& tracer) {
  std::vector<StagePointer> stages;
  for (const StageSpec& spec : framework.stages) {
    if (tracer.state() == TracingState::absent && is_instrumentation(spec)) continue;
    const bool injects = work.per_request > Nanos(0) || work.per_sampled > Nanos(0);
    if (std::holds_alternative<UsersSpec>(spec) && injects) stages.push_back(make_stage(work));
    stages.push_back(std::visit(Build{tracer}, spec));
  }
  return Chain(std::move(stages));
}

InstrumentationScope instrumentation_scope(const Framework& framework) {
  for (const StageSpec& spec : framework.stages) {
    if (const auto* trace = std::get_if<TraceSpec>(&spec)) {
      return {std::string(trace->record.scope_name), std::string(trace->record.scope_version)};
    }
  }
  return {};
}

std::string explain(const Framework& framework, const Chain& chain) {
  std::string text = fmt::format(
      "{}: {}\n  1. io: one coroutine per connection, one event loop per usable CPU\n"
      "  2. frame: HTTP/1.1 with keep-alive, 4 KiB reads\n",
      framework.name, framework.models);
  int number = 3;
  for (const StagePointer& stage : chain.stages()) {
    text += fmt::format("  {}. {}\n", number++, stage->describe());
  }
  return text;
}

}  // namespace tracetax
