// Order and defaults: go-zero zrpc/internal/client.go v1.10.3; kratos
// transport/{grpc,http}/client.go v2.9.2; Kitex client/client.go v0.16.3; dubbo-go
// cluster/cluster/failover v3.3.2; TarsGo tars/servant.go v1.4.5; docs/governance.md has them as a
// table. Spans: otelhttp v0.70.0 transport.go and internal/semconv/client.go (5 attributes at the
// start, "HTTP POST" as the name); otelgrpc v0.70.0; go-zero zrpc/internal/clientinterceptors;
// kratos middleware/tracing; dubbo-go filter/otel/trace; as in the frameworks' own files.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "targets/frameworks/cloudwego.h"
#include "targets/frameworks/dubbo_go.h"
#include "targets/frameworks/gomicro.h"
#include "targets/frameworks/gozero.h"
#include "targets/frameworks/kitex.h"
#include "targets/frameworks/kratos.h"
#include "targets/frameworks/tars_go.h"

namespace tracetax {
namespace {

bool has_stage(const Framework& framework, bool (*is_one)(const StageSpec&)) {
  for (const StageSpec& stage : stages_of(framework)) {
    if (is_one(stage)) return true;
  }
  return false;
}

bool is_micro(const StageSpec& stage) { return std::holds_alternative<MicroEndpointSpec>(stage); }
bool is_protobuf(const StageSpec& stage) {
  const auto* codec = std::get_if<CodecSpec>(&stage);
  return codec != nullptr && codec->kind == CodecKind::protobuf;
}

TraceRecord otelhttp_transport() {
  using enum ExchangeValue;
  return {.scope_name = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
          .scope_version = "0.70.0",
          .kind = SpanKind::client,
          .name = SpanName::method_route,
          .name_prefix = "HTTP ",
          .at_start = {{"http.request.method", request_method},
                       {"url.full", url},
                       {"server.address", host_name},
                       {"server.port", host_port},
                       {"network.protocol.version", protocol_version}},
          .at_end = {{"http.response.status_code", status_code}},
          .error_from = 400};
}

/// Of the caller's framework where it has a client for gRPC.
TraceRecord grpc_record(std::string_view caller) {
  if (caller.starts_with("gozero-")) return gozero_client_record();
  if (caller.starts_with("kratos-")) return kratos_record(false, SpanKind::client);
  if (caller.starts_with("dubbo-")) return dubbo_record(SpanKind::client);
  return otelgrpc_record(SpanKind::client);
}

TraceRecord http_record(std::string_view caller) {
  if (caller.starts_with("kratos-")) return kratos_record(true, SpanKind::client);
  return otelhttp_transport();
}

/// On its gRPC transport the keys are headers that begin with rpc-transit-.
TraceRecord kitex_grpc_record() {
  TraceRecord record =
      kitex_record(SpanKind::client, stats_events({"client_conn_start", "client_conn_finish"}, {}));
  record.call_headers = {{"service-name", "bench"}};
  return record;
}

// A client that waits for a retry does so on its own thread.
void sleep_until_retry(Nanos wait) { std::this_thread::sleep_for(wait); }

constexpr Nanos kNone{0};

DiscoverySpec discovery(Subset subset, std::size_t size) {
  return {.rules = {.subset = subset, .subset_size = size, .ring_key = "client", .ttl = kNone}};
}

/// What a framework's client can have, in its order. What is off unless a topology turns it on is
/// here with a time or a number of 0.
StageSpecs grpc_client(std::string_view caller) {
  CallSpec call{.wire = CallWire::grpc};
  TraceSpec trace{grpc_record(caller)};
  if (caller.starts_with("gozero-")) {
    // The duration interceptor writes a line for slow and for failed calls only.
    return {std::move(trace),
            LabelMetricSpec{.labels = {MetricLabel::path, MetricLabel::code},
                            .bounds = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 5000}},
            BreakerGozeroSpec{},
            TimerSpec{.deadline = std::chrono::seconds(2)},
            discovery(Subset::shuffle, 32),
            PickSpec{.balancer = Balancer::p2c_gozero},
            std::move(call)};
  }
  if (caller.starts_with("kratos-")) {
    return {TimerSpec{.deadline = std::chrono::seconds(2)},
            BreakerKratosSpec{},
            std::move(trace),
            discovery(Subset::ring, 25),
            PickSpec{.balancer = Balancer::wrr_kratos},
            std::move(call)};
  }
  if (caller.starts_with("dubbo-")) {
    return {RetrySpec{.retries = 2,
                      .interval = kNone,
                      .on_status = {502, 503, 504},
                      .wait = sleep_until_retry},
            discovery(Subset::whole, 0),
            PickSpec{.balancer = Balancer::random_weighted},
            GuardsSpec{.guards = {Guard::shutdown}},
            std::move(trace),
            TimerSpec{.deadline = std::chrono::seconds(3)},
            std::move(call)};
  }
  return {TimerSpec{.deadline = kNone}, std::move(trace), discovery(Subset::whole, 0),
          PickSpec{.balancer = Balancer::first}, std::move(call)};
}

StageSpecs http_client(std::string_view caller) {
  StageSpecs stages{TraceSpec{http_record(caller)}, discovery(Subset::whole, 0),
                    PickSpec{.balancer = Balancer::first}, CallSpec{.wire = CallWire::http}};
  if (!caller.starts_with("kratos-")) {
    stages.insert(stages.begin(), TimerSpec{.deadline = kNone});
    return stages;
  }
  stages[1] = discovery(Subset::ring, 25);
  stages[2] = PickSpec{.balancer = Balancer::wrr_kratos};
  stages.insert(stages.end() - 1, TimerSpec{.deadline = std::chrono::seconds(2)});
  stages.insert(stages.begin(), BreakerKratosSpec{});
  return stages;
}

StageSpecs kitex_grpc_client() {
  StageSpecs stages = kitex_client();
  stages.front() = TraceSpec{kitex_grpc_record()};
  stages.back() = CallSpec{.wire = CallWire::grpc, .header_prefix = "rpc-transit-"};
  return stages;
}

/// Retries, the breaker of its CBSuite and the RPC time-out, which waits for a goroutine, stand
/// behind the trace and before all else.
StageSpecs with_kitex_options(StageSpecs stages) {
  const StageSpecs options{RetrySpec{.retries = 0, .interval = kNone, .on_status = {503, 504}},
                           BreakerKitexSpec{}, HandoffSpec{.times = 0},
                           TimerSpec{.deadline = kNone}};
  stages.insert(stages.begin() + 1, options.begin(), options.end());
  return stages;
}

StageSpecs whole_client(std::string_view caller, ClientWire wire) {
  switch (wire) {
    case ClientWire::http:
      return http_client(caller);
    case ClientWire::grpc:
      return grpc_client(caller);
    case ClientWire::micro:
      return gomicro_client();
    case ClientWire::thrift:
      return with_kitex_options(kitex_client());
    case ClientWire::kitex_grpc:
      return with_kitex_options(kitex_grpc_client());
    case ClientWire::tars:
      return {TraceSpec{tars_record(SpanKind::client)},
              TimerSpec{.deadline = std::chrono::seconds(3)}, discovery(Subset::whole, 0),
              PickSpec{.balancer = Balancer::round_robin_tars}, CallSpec{.wire = CallWire::tars}};
  }
  return {};
}

template <typename Spec>
bool has(const StageSpecs& stages) {
  return std::ranges::any_of(
      stages, [](const StageSpec& stage) { return std::holds_alternative<Spec>(stage); });
}

bool is_breaker(const StageSpec& stage) {
  return std::holds_alternative<BreakerGozeroSpec>(stage) ||
         std::holds_alternative<BreakerKratosSpec>(stage) ||
         std::holds_alternative<BreakerKitexSpec>(stage);
}

/// go-zero's is on by default; kratos' is middleware and Kitex' a suite that a client is given.
bool has_breaker(const StageSpec& stage, const ClientRules& rules) {
  return rules.breaker.value_or(std::holds_alternative<BreakerGozeroSpec>(stage));
}

std::string what_it_lacks(const StageSpecs& stages, const ClientRules& rules) {
  if (rules.retries > 0 && !has<RetrySpec>(stages)) return "retries";
  if (rules.breaker.value_or(false) && std::ranges::none_of(stages, is_breaker)) return "breaker";
  return "";
}

void apply_rules(const ClientRules& rules, Balancer balancer, StageSpec& stage) {
  if (auto* pick = std::get_if<PickSpec>(&stage)) {
    if (!rules.balancer.empty()) pick->balancer = balancer;
    pick->weights = rules.weights;
  }
  if (auto* retry = std::get_if<RetrySpec>(&stage); retry != nullptr && rules.retries >= 0)
    retry->retries = rules.retries;
  if (auto* timer = std::get_if<TimerSpec>(&stage); timer != nullptr && rules.timeout > kNone)
    timer->deadline = rules.timeout;
  if (auto* handoff = std::get_if<HandoffSpec>(&stage);
      handoff != nullptr && handoff->times == 0 && rules.timeout > kNone)
    handoff->times = 1;
  if (auto* found = std::get_if<DiscoverySpec>(&stage); found != nullptr && !rules.registry.empty())
    // What the watch has told is looked at so often; it costs no question to the registry.
    found->update_every = std::chrono::milliseconds(20);
}

bool is_off(const StageSpec& stage) {
  const auto* retry = std::get_if<RetrySpec>(&stage);
  const auto* timer = std::get_if<TimerSpec>(&stage);
  const auto* handoff = std::get_if<HandoffSpec>(&stage);
  return (handoff != nullptr && handoff->times == 0) || (retry != nullptr && retry->retries == 0) ||
         (timer != nullptr && timer->deadline == kNone);
}

/// net/http itself chooses among no addresses.
bool is_unused(const StageSpec& stage, const ClientRules& rules) {
  return rules.balancer.empty() && rules.registry.empty() &&
         (std::holds_alternative<DiscoverySpec>(stage) || std::holds_alternative<PickSpec>(stage));
}

}  // namespace

TraceRecord otelgrpc_record(SpanKind kind) {
  using enum ExchangeValue;
  const bool client = kind == SpanKind::client;
  return {
      .scope_name = "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
      .scope_version = "0.70.0",
      .kind = kind,
      .name = SpanName::operation,
      .at_start = {{"rpc.method", operation}, {"rpc.system.name", fixed, "grpc"}},
      .after_start = {{"server.address", client ? host_name : local_address},
                      {"server.port", client ? host_any_port : local_port}},
      .at_end = {{"rpc.response.status_code", grpc_status_name}},
      .error_from = client ? 400U : 500U};
}

Result<ClientWire> client_wire(const Framework& framework) {
  const auto refuse = [&](std::string_view why) {
    return failure(ExitCode::usage,
                   fmt::format("'{}' cannot be a service of a topology: {}", framework.name, why));
  };
  if (!framework.back.empty() || !framework.role.empty())
    return refuse("it is one of several processes that are started together");
  if (std::holds_alternative<GrpcPipeline>(framework.pipeline)) return ClientWire::grpc;
  const auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline);
  if (rpc == nullptr) return has_stage(framework, is_micro) ? ClientWire::micro : ClientWire::http;
  switch (rpc->wire) {
    case RpcWire::grpc:
      return framework.name.starts_with("kitex-") ? ClientWire::kitex_grpc : ClientWire::grpc;
    case RpcWire::tars:
      return ClientWire::tars;
    case RpcWire::kitex:
      if (has_stage(framework, is_protobuf)) return refuse("no client here speaks Kitex Protobuf");
      return ClientWire::thrift;
    case RpcWire::dapr:
      break;
  }
  return refuse("it is a sidecar");
}

Result<StageSpecs> client_stages(std::string_view caller, ClientWire wire,
                                 const ClientRules& rules) {
  StageSpecs stages = whole_client(caller, wire);
  const auto balancer = balancer_from(rules.balancer.empty() ? "first" : rules.balancer);
  if (!balancer) return failure(balancer.error());
  if (const std::string lacks = what_it_lacks(stages, rules); !lacks.empty()) {
    return failure(ExitCode::usage, fmt::format("the client of '{}' has no {}", caller, lacks));
  }
  for (StageSpec& stage : stages) apply_rules(rules, *balancer, stage);
  const bool on_net_http = wire == ClientWire::http && !caller.starts_with("kratos-");
  std::erase_if(stages, [&](const StageSpec& stage) {
    return is_off(stage) || (is_breaker(stage) && !has_breaker(stage, rules)) ||
           (on_net_http && is_unused(stage, rules));
  });
  return stages;
}

}  // namespace tracetax
