// SPDX-License-Identifier: Apache-2.0
#include "targets/service/build.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "targets/stages/trace/inner_spans.h"

namespace tracetax {
namespace {

template <typename... Specs>
bool is_any_of(const StageSpec& spec) {
  return (std::holds_alternative<Specs>(spec) || ...);
}

bool is_instrumentation(const StageSpec& spec) {
  return is_any_of<TraceSpec, MetricSpec, CallMetricSpec>(spec);
}

/// What answers, or calls the next service: work is done right before it.
bool is_handler(const StageSpec& spec) {
  return is_any_of<UsersSpec, ApplicationSpec, CallSpec, DaprCallSpec>(spec);
}

/// What answers by itself.
bool is_application(const StageSpec& spec) { return is_any_of<UsersSpec, ApplicationSpec>(spec); }

struct Build {
  Tracer& tracer;
  const GrpcAddress& back;
  StagePointer operator()(const TraceSpec& spec) const { return make_stage(spec, tracer); }
  StagePointer operator()(const CallSpec& spec) const { return make_stage(spec, back); }
  StagePointer operator()(const DaprCallSpec& spec) const { return make_stage(spec, back); }
  // The service behind is the only one there is to be found and picked.
  StagePointer operator()(DiscoverySpec spec) const {
    spec.addresses = {back_text()};
    return make_stage(spec);
  }
  StagePointer operator()(PickSpec spec) const {
    spec.addresses = {back_text()};
    return make_stage(spec);
  }
  template <typename Spec>
  StagePointer operator()(const Spec& spec) const {
    return make_stage(spec);
  }

  [[nodiscard]] std::string back_text() const { return fmt::format("{}:{}", back.host, back.port); }
};

}  // namespace

std::vector<BuiltStage> build_stages(std::span<const StageSpec> stages, const WorkSpec& work,
                                     Tracer& tracer, const GrpcAddress& back,
                                     const MakeHandler& handler) {
  std::vector<BuiltStage> built;
  for (const StageSpec& spec : stages) {
    const bool instrumentation = is_instrumentation(spec);
    if (tracer.state() == TracerState::absent && instrumentation) continue;
    if (is_handler(spec) && injects_work(work)) built.push_back({make_stage(work)});
    const bool traces = tracer.state() != TracerState::absent;
    if (is_handler(spec) && work.inner_spans > 0 && traces) {
      built.push_back({make_stage(InnerSpansSpec{work.inner_spans}, tracer), true});
    }
    if (handler && is_application(spec)) {
      built.push_back({handler()});
    } else {
      built.push_back({std::visit(Build{tracer, back}, spec), instrumentation});
    }
  }
  return built;
}

Chain build_chain(std::span<const StageSpec> stages, const WorkSpec& work, Tracer& tracer,
                  const GrpcAddress& back, const MakeHandler& handler) {
  std::vector<StagePointer> built;
  for (BuiltStage& one : build_stages(stages, work, tracer, back, handler)) {
    built.push_back(std::move(one.stage));
  }
  return Chain(std::move(built));
}

}  // namespace tracetax
