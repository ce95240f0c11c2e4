// A framework's stages as objects.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "targets/request/stage.h"
#include "targets/service/framework.h"
#include "targets/stages/application/work.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// Where the service behind listens.
struct BackPlaces {
  std::vector<GrpcAddress> addresses{};  // of each instance; none: nobody is there
  Resolve resolve{};                     // a registry, asked by discovery; null: `addresses`
};

/// What stands in the place of a framework's own handler; empty: that one.
using MakeHandler = std::function<StagePointer()>;

struct BuiltStage {
  StagePointer stage;
  bool is_instrumentation = false;  // left out in the state `absent`
};

/// Injected work and inner spans, if there are any, come right before the handler. In the state
/// `absent` the instrumentation is left out. `tracer` must outlive the chain; `back` is what
/// its calls go to.
[[nodiscard]] std::vector<BuiltStage> build_stages(std::span<const StageSpec> stages,
                                                   const WorkSpec& work, Tracer& tracer,
                                                   const BackPlaces& back = {},
                                                   const MakeHandler& handler = {});
/// The same as a chain.
[[nodiscard]] Chain build_chain(std::span<const StageSpec> stages, const WorkSpec& work,
                                Tracer& tracer, const BackPlaces& back = {},
                                const MakeHandler& handler = {});

}  // namespace tracetax
