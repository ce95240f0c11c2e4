// An emulated framework is data: what a request passes, in which order, with which parameters. Facts and
// their sources stand in the framework's own file. One file per framework, one line in catalog.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
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

namespace tracetax {

using StageSpec =
    std::variant<RouteSpec, RecoverSpec, TextLogSpec, TraceSpec, MetricSpec, UsersSpec>;

/// A framework on HTTP/1.1: middleware in the order that a request passes it.
struct HttpPipeline {
  std::vector<StageSpec> stages;
};

/// A framework on gRPC: the order is gRPC's own (instrumentation, method map, codec, handler), so what is
/// left to say is whose instrumentation it is and whether there is a second service.
struct GrpcPipeline {
  std::string_view scope_name;
  std::string_view scope_version;
  std::string_view back;  // the target that Echo is forwarded to, started by the front; empty: none
};

struct Framework {
  std::string_view name;
  std::string_view models;  // what it stands for, with versions
  std::variant<HttpPipeline, GrpcPipeline> pipeline;
};

using MakeFramework = Framework (*)();
[[nodiscard]] std::span<const CatalogEntry<MakeFramework>> framework_catalog();

/// Name and version of the instrumentation that makes the spans.
[[nodiscard]] InstrumentationScope instrumentation_scope(const Framework& framework);

/// The target that a framework's front calls; empty: none.
[[nodiscard]] std::string_view back_of(const Framework& framework);

}  // namespace tracetax
