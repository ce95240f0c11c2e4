// go-zero zRPC v1.10.3: the unary server interceptors of its default configuration on grpc-go, in
// their order. The span has 5 attributes at the start, the code at the end, and an event "message"
// for the request and for the reply, whose sizes are walked for it. Statistics log every request as
// JSON and keep its duration, those that are shed too. The breaker answers UNAVAILABLE, the shedder
// RESOURCE_EXHAUSTED. Streams are not served. Sources: zrpc/server.go,
// zrpc/internal/serverinterceptors/*.go, internal/trace/.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/gozero.h"
#include "targets/request/status.h"

namespace tracetax {
namespace {

EventSpec message(EventSpec::When when, std::string_view type, ExchangeValue size) {
  return {"message",
          when,
          {{"message.type", ExchangeValue::fixed, type},
           {"message.id", ExchangeValue::fixed_int, {}, 1},
           {"message.uncompressed_size", size}}};
}

}  // namespace

TraceRecord gozero_client_record() {
  using enum ExchangeValue;
  // A target like direct:///127.0.0.1:80 has no address that could be split.
  return {.scope_name = "go-zero",
          .scope_version = "",
          .kind = SpanKind::client,
          .name = SpanName::operation,
          .at_start = {{"rpc.system", fixed, "grpc"},
                       {"rpc.service", service},
                       {"rpc.method", ExchangeValue::method}},
          .at_end = {{"rpc.grpc.status_code", grpc_status}},
          .events = {message(EventSpec::When::before, "SENT", received_size),
                     message(EventSpec::When::after, "RECEIVED", sent_size)},
          .error_from = 400};
}

Framework make_gozero_zrpc() {
  using enum ExchangeValue;
  return {.name = "gozero-zrpc",
          .models = "go-zero zRPC v1.10.3 on grpc-go, default interceptors",
          .pipeline = RpcPipeline{
              .wire = RpcWire::grpc,
              .stages = {
                  RpcRouteSpec{.lookup = MethodLookup::by_service},
                  RoutedSpec{},
                  CodecSpec{.kind = CodecKind::protobuf},
                  TraceSpec{{
                      .scope_name = "go-zero",
                      .scope_version = "",
                      .name = SpanName::operation,
                      .at_start = {{"rpc.system", fixed, "grpc"},
                                   {"rpc.service", service},
                                   {"rpc.method", ExchangeValue::method},
                                   {"net.peer.ip", peer_address},
                                   {"net.peer.port", peer_port_text}},
                      .at_end = {{"rpc.grpc.status_code", grpc_status}},
                      .events = {message(EventSpec::When::before, "RECEIVED", received_size),
                                 message(EventSpec::When::after, "SENT", sent_size)},
                      .error_from = 400,
                  }},
                  RecoverSpec{},
                  RpcLogSpec{},
                  TaskMetricSpec{},
                  LabelMetricSpec{.labels = {MetricLabel::path, MetricLabel::code}},
                  BreakerGozeroSpec{},
                  ShedGozeroSpec{.status = kOverloaded},
                  TimeoutSpec{.deadline = std::chrono::seconds(2)},
                  ApplicationSpec{},
              }}};
}

}  // namespace tracetax
