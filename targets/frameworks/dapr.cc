// dapr: Dapr v1.18.3 service invocation as what it is, four processes: an application, its sidecar,
// the other application's sidecar (the peer), and that application. Three hops: HTTP/1.1, a gRPC
// stream of messages, HTTP/1.1; each sidecar takes the request apart and puts it together again,
// and copies its headers twice. The applications trace nothing and pass traceparent on. The
// sidecar's span is a CLIENT of 9 attributes, its peer's a SERVER of 4, all text, made only if the
// span records. Between the sidecars the context goes as grpc-trace-bin and traceparent. Each
// process starts the next one, is named in /proc/PID/comm by its target, and its service by its
// role. The mDNS resolver's cache, its one address always at hand, mTLS and the API log are off.
// Sources: pkg/api/http/, pkg/messaging/direct_messaging.go, pkg/channel/http/,
// pkg/diagnostics/{http,grpc}_tracing.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/frameworks.h"

namespace tracetax {
namespace {

constexpr Propagators kDaprBetween{Propagator::grpc_binary, Propagator::trace_context};

TraceRecord dapr_record(SpanKind kind, SpanName name, std::string_view prefix) {
  return {.scope_name = "dapr-diagnostics",
          .scope_version = "",
          .kind = kind,
          .name = name,
          .name_prefix = prefix,
          .asks_recording = true,
          .propagators = kDaprBetween};
}

TraceRecord sidecar_record() {
  using enum ExchangeValue;
  TraceRecord record = dapr_record(SpanKind::client, SpanName::invocation, "CallLocal");
  record.at_end = {{"rpc.service", fixed, "ServiceInvocation"},
                   {"net.peer.name", fixed, "bench"},
                   {"dapr.protocol", fixed, "http"},
                   {"dapr.api", request_line},
                   {"dapr.status_code", status_code_text},
                   {"http.request.method", request_method},
                   {"url.full", url},
                   {"server.address", local_address},
                   {"server.port", local_port_text}};
  return record;
}

TraceRecord peer_record() {
  using enum ExchangeValue;
  TraceRecord record = dapr_record(SpanKind::server, SpanName::path, "CallLocal/bench");
  record.at_end = {
      {"rpc.service", fixed, "ServiceInvocation"},
      {"dapr.invoke_method", path},
      {"dapr.protocol", fixed, "grpc"},
      {"dapr.api", fixed, "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream"}};
  record.injects_into_calls = true;
  record.passes_on = Propagators{Propagator::trace_context};
  return record;
}

LabelMetricSpec sidecar_metric() {
  return {.labels = {MetricLabel::method, MetricLabel::code}, .counts = false};
}

RouteSpec application_route() {
  return {.router = RouterKind::segments, .style = ParamStyle::braces, .tells_wrong_method = true};
}

}  // namespace

Framework make_dapr() {
  return {.name = "dapr",
          .models = "an application in front of Dapr v1.18.3's service invocation",
          .pipeline = HttpPipeline{{application_route(),
                                    CallSpec{.wire = CallWire::http,
                                             .path_prefix = "/v1.0/invoke/bench/method",
                                             .forwards_header = "traceparent"}}},
          .back = "dapr-sidecar"};
}

Framework make_dapr_sidecar() {
  return {
      .name = "dapr-sidecar",
      .models = "daprd v1.18.3 beside the calling application; started by dapr",
      .pipeline = HttpPipeline{{TraceSpec{sidecar_record()}, sidecar_metric(),
                                GuardsSpec{.guards = {Guard::max_bytes, Guard::cors, Guard::acl}},
                                HeaderCopiesSpec{.copies = 2, .reencodes = true}, HandoffSpec{},
                                DaprCallSpec{}}},
      .back = "dapr-peer",
      .role = "sidecar"};
}

Framework make_dapr_peer() {
  return {.name = "dapr-peer",
          .models = "daprd v1.18.3 beside the called application; started by dapr-sidecar",
          .pipeline = RpcPipeline{.wire = RpcWire::dapr,
                                  .stages = {TraceSpec{peer_record()}, sidecar_metric(),
                                             GuardsSpec{.guards = {Guard::acl}},
                                             HeaderCopiesSpec{.copies = 2, .reencodes = true},
                                             HandoffSpec{}, CallSpec{.wire = CallWire::http}}},
          .back = "dapr-app",
          .role = "peer"};
}

Framework make_dapr_app() {
  return {
      .name = "dapr-app",
      .models = "the application behind Dapr; started by dapr-peer",
      .pipeline = HttpPipeline{{application_route(), UsersSpec{.json_type = "application/json"}}},
      .role = "app"};
}

}  // namespace tracetax
