// An emulated framework is data: what a request passes, in which order, with which parameters.
// Facts and their sources stand in the framework's own file. One file per framework, one line in
// catalog.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/text/catalog.h"
#include "targets/engine/latch.h"
#include "targets/engine/timer.h"
#include "targets/request/http_attributes.h"
#include "targets/stages/application/application.h"
#include "targets/stages/application/users.h"
#include "targets/stages/client/call.h"
#include "targets/stages/client/call_dapr.h"
#include "targets/stages/client/discovery.h"
#include "targets/stages/client/pick.h"
#include "targets/stages/codec/codec.h"
#include "targets/stages/flow/chain_build.h"
#include "targets/stages/flow/handoff.h"
#include "targets/stages/flow/header_copies.h"
#include "targets/stages/flow/recover.h"
#include "targets/stages/flow/retry.h"
#include "targets/stages/flow/timeout.h"
#include "targets/stages/govern/breaker_gozero.h"
#include "targets/stages/govern/breaker_kitex.h"
#include "targets/stages/govern/breaker_kratos.h"
#include "targets/stages/govern/guards.h"
#include "targets/stages/govern/limit_climb.h"
#include "targets/stages/govern/limit_qps.h"
#include "targets/stages/govern/limit_token.h"
#include "targets/stages/govern/limit_tps.h"
#include "targets/stages/govern/shed_gozero.h"
#include "targets/stages/govern/shed_kratos.h"
#include "targets/stages/logs/json_log.h"
#include "targets/stages/logs/key_value_log.h"
#include "targets/stages/logs/rpc_log.h"
#include "targets/stages/logs/stat_report.h"
#include "targets/stages/logs/text_log.h"
#include "targets/stages/metrics/call_counters.h"
#include "targets/stages/metrics/call_metric.h"
#include "targets/stages/metrics/label_metric.h"
#include "targets/stages/metrics/metric.h"
#include "targets/stages/metrics/task_metric.h"
#include "targets/stages/route/micro_endpoint.h"
#include "targets/stages/route/operation_matcher.h"
#include "targets/stages/route/route.h"
#include "targets/stages/route/rpc_route.h"
#include "targets/stages/trace/trace.h"

namespace tracetax {

using StageSpec =
    std::variant<ApplicationSpec, BreakerGozeroSpec, BreakerKitexSpec, BreakerKratosSpec,
                 CallCountersSpec, CallMetricSpec, CallSpec, ChainBuildSpec, CodecSpec,
                 DaprCallSpec, DiscoverySpec, GuardsSpec, HandoffSpec, HeaderCopiesSpec,
                 JsonLogSpec, KeyValueLogSpec, LabelMetricSpec, LatchSpec, LimitClimbSpec,
                 LimitQpsSpec, LimitTokenSpec, LimitTpsSpec, MetricSpec, MicroEndpointSpec,
                 OperationMatcherSpec, PickSpec, RecoverSpec, RetrySpec, RouteSpec, RoutedSpec,
                 RpcLogSpec, RpcRouteSpec, ShedGozeroSpec, ShedKratosSpec, StatReportSpec,
                 TaskMetricSpec, TextLogSpec, TimeoutSpec, TimerSpec, TraceSpec, UsersSpec>;
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
  bool on_net_http = true;  // false: on a server of its own
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
  int spans_per_request = 1;  // of a sampled one, in all processes of the target together
};

using MakeFramework = Framework (*)();
[[nodiscard]] std::span<const CatalogEntry<MakeFramework>> framework_catalog();

/// Name and version of the instrumentation that makes the spans.
[[nodiscard]] InstrumentationScope instrumentation_scope(const Framework& framework);

/// Whether a stage of it waits for another service, so that its server needs many threads.
[[nodiscard]] bool waits_for_others(const Framework& framework);

/// Whether its calls to the service behind carry the query along, so that that one obeys it.
[[nodiscard]] bool passes_queries_on(const Framework& framework);

/// What it says about itself, as JSON: its wire, how one sees that it is ready, its spans, what it
/// models, the samplers that it knows. tracetax reads it: harness/core/target_description.h.
[[nodiscard]] std::string describe_framework(const Framework& framework);
/// The same of all, as a list.
[[nodiscard]] std::string describe_frameworks();

/// Makes its logs write to `fd`.
void write_logs_to(int fd, Framework& framework);

/// The stages of a framework, none for one without a chain.
[[nodiscard]] std::span<const StageSpec> stages_of(const Framework& framework);

}  // namespace tracetax
