// Sources: otelhttp v0.70.0 transport.go and internal/semconv/client.go (5 attributes at the start,
// "HTTP POST" as the name); otelgrpc v0.70.0; go-zero zrpc/internal/clientinterceptors; kratos
// middleware/tracing; dubbo-go filter/otel/trace; as in the frameworks' own files.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/clients.h"

#include <fmt/format.h>

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

StageSpecs client_stages(std::string_view caller_framework, ClientWire wire, const ClientRules&) {
  switch (wire) {
    case ClientWire::http:
      return {TraceSpec{http_record(caller_framework)}, CallSpec{.wire = CallWire::http}};
    case ClientWire::grpc:
      return {TraceSpec{grpc_record(caller_framework)}, CallSpec{.wire = CallWire::grpc}};
    case ClientWire::micro:
      return gomicro_client();
    case ClientWire::thrift:
      return kitex_client();
    case ClientWire::kitex_grpc:
      return {TraceSpec{kitex_grpc_record()},
              CallSpec{.wire = CallWire::grpc, .header_prefix = "rpc-transit-"}};
    case ClientWire::tars:
      return {TraceSpec{tars_record(SpanKind::client)}, CallSpec{.wire = CallWire::tars}};
  }
  return {};
}

}  // namespace tracetax
