// An emulated framework is data: what a request passes, in which order, with which parameters.
// Facts and their sources stand in the framework's own file. One file per framework, one line in
// catalog.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/catalog.h"
#include "targets/stages/application.h"
#include "targets/stages/breaker_gozero.h"
#include "targets/stages/call.h"
#include "targets/stages/call_counters.h"
#include "targets/stages/call_dapr.h"
#include "targets/stages/call_metric.h"
#include "targets/stages/chain_build.h"
#include "targets/stages/codec.h"
#include "targets/stages/discovery.h"
#include "targets/stages/guards.h"
#include "targets/stages/handoff.h"
#include "targets/stages/header_copies.h"
#include "targets/stages/http_attributes.h"
#include "targets/stages/json_log.h"
#include "targets/stages/key_value_log.h"
#include "targets/stages/label_metric.h"
#include "targets/stages/latch.h"
#include "targets/stages/metric.h"
#include "targets/stages/micro_endpoint.h"
#include "targets/stages/operation_matcher.h"
#include "targets/stages/pick.h"
#include "targets/stages/recover.h"
#include "targets/stages/retry.h"
#include "targets/stages/route.h"
#include "targets/stages/rpc_log.h"
#include "targets/stages/rpc_route.h"
#include "targets/stages/shed_gozero.h"
#include "targets/stages/shed_kratos.h"
#include "targets/stages/stat_report.h"
#include "targets/stages/task_metric.h"
#include "targets/stages/text_log.h"
#include "targets/stages/timeout.h"
#include "targets/stages/timer.h"
#include "targets/stages/trace.h"
#include "targets/stages/users.h"

namespace tracetax {

using StageSpec =
    std::variant<ApplicationSpec, BreakerGozeroSpec, CallCountersSpec, CallMetricSpec, CallSpec,
                 ChainBuildSpec, CodecSpec, DaprCallSpec, DiscoverySpec, GuardsSpec, HandoffSpec,
                 HeaderCopiesSpec, JsonLogSpec, KeyValueLogSpec, LabelMetricSpec, LatchSpec,
                 MetricSpec, MicroEndpointSpec, OperationMatcherSpec, PickSpec, RecoverSpec,
                 RetrySpec, RouteSpec, RpcLogSpec, RpcRouteSpec, ShedGozeroSpec, ShedKratosSpec,
                 StatReportSpec, TaskMetricSpec, TextLogSpec, TimeoutSpec, TimerSpec, TraceSpec,
                 UsersSpec>;
using StageSpecs = std::vector<StageSpec>;

/// What remote procedure calls look like on the wire.
enum class RpcWire {
  grpc,
  kitex,  // framed Thrift, kitex-pb, and both behind TTHeader
  tars,
  dapr,  // an HTTP request as messages of two sidecars, over gRPC
};

/// A framework on HTTP/1.1: middleware in the order that a request passes it.
struct HttpPipeline {
  StageSpecs stages;
};

/// A framework that answers remote procedure calls: interceptors, filters and middleware in their
/// order.
struct RpcPipeline {
  RpcWire wire = RpcWire::grpc;
  StageSpecs stages;
};

/// grpc-go itself, streams included: the order is gRPC's own (instrumentation, method map, codec,
/// handler), so what is left to say is whose instrumentation it is.
struct GrpcPipeline {
  std::string_view scope_name;
  std::string_view scope_version;
};

struct Framework {
  std::string_view name;
  std::string_view models;  // what it stands for, with versions
  std::variant<HttpPipeline, RpcPipeline, GrpcPipeline> pipeline;
  std::string_view back{};  // the target that it calls, started by it; empty: none
  /// What it is to the target that starts it; empty: it is started by users.
  std::string_view role{};
};

using MakeFramework = Framework (*)();
[[nodiscard]] std::span<const CatalogEntry<MakeFramework>> framework_catalog();

/// Name and version of the instrumentation that makes the spans.
[[nodiscard]] InstrumentationScope instrumentation_scope(const Framework& framework);

/// Whether a stage of it waits for another service, so that its server needs many threads.
[[nodiscard]] bool waits_for_others(const Framework& framework);

/// Makes its logs write to `fd`.
void write_logs_to(int fd, Framework& framework);

/// The stages of a framework, none for one without a chain.
[[nodiscard]] std::span<const StageSpec> stages_of(const Framework& framework);

}  // namespace tracetax
