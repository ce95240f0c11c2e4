// An emulated framework is data: which stages a request passes, in which order, with which parameters.
// Facts and their sources stand in the framework's own file. One file per framework, one line in
// catalog.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/catalog.h"
#include "targets/stages/metric.h"
#include "targets/stages/recover.h"
#include "targets/stages/route.h"
#include "targets/stages/text_log.h"
#include "targets/stages/trace.h"
#include "targets/stages/users.h"
#include "targets/stages/work.h"

namespace tracetax {

using StageSpec =
    std::variant<RouteSpec, RecoverSpec, TextLogSpec, TraceSpec, MetricSpec, UsersSpec>;

struct Framework {
  std::string_view name;
  std::string_view models;  // what it stands for, with versions
  std::vector<StageSpec> stages;
};

using MakeFramework = Framework (*)();
[[nodiscard]] std::span<const CatalogEntry<MakeFramework>> framework_catalog();

/// The stages as objects. In the state `absent` instrumentation (trace, metric) is left out; injected
/// work, if there is any, comes right before the handler. `tracer` must outlive the chain.
[[nodiscard]] Chain build_chain(const Framework& framework, const WorkSpec& work, Tracer& tracer);

/// Name and version of the instrumentation that makes the spans.
[[nodiscard]] InstrumentationScope instrumentation_scope(const Framework& framework);

/// What --explain prints: the pipeline in order, one numbered line per stage.
[[nodiscard]] std::string explain(const Framework& framework, const Chain& chain);

}  // namespace tracetax
