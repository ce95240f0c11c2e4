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
  const BackPlaces& back;
  StagePointer operator()(const TraceSpec& spec) const { return make_stage(spec, tracer); }
  StagePointer operator()(const CallSpec& spec) const { return make_stage(spec, first()); }
  StagePointer operator()(const DaprCallSpec& spec) const { return make_stage(spec, first()); }
  StagePointer operator()(const DiscoverySpec& spec) const {
    if (back.resolve) return make_stage(spec, back.resolve);
    return make_stage(spec, [all = texts()] { return all; });
  }
  StagePointer operator()(PickSpec spec) const {
    spec.addresses = texts();
    return make_stage(spec);
  }
  template <typename Spec>
  StagePointer operator()(const Spec& spec) const {
    return make_stage(spec);
  }

  [[nodiscard]] GrpcAddress first() const {
    return back.addresses.empty() ? GrpcAddress{} : back.addresses.front();
  }
  [[nodiscard]] Addresses texts() const {
    Addresses all;
    for (const GrpcAddress& one : back.addresses)
      all.push_back(fmt::format("{}:{}", one.host, one.port));
    if (all.empty()) all.push_back(":0");  // nobody
    return all;
  }
};

}  // namespace

std::vector<BuiltStage> build_stages(std::span<const StageSpec> stages, const WorkSpec& work,
                                     Tracer& tracer, const BackPlaces& back,
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
                  const BackPlaces& back, const MakeHandler& handler) {
  std::vector<StagePointer> built;
  for (BuiltStage& one : build_stages(stages, work, tracer, back, handler)) {
    built.push_back(std::move(one.stage));
  }
  return Chain(std::move(built));
}

}  // namespace tracetax
