// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/kitex.h"

#include <utility>

#include "targets/frameworks/cloudwego.h"

namespace tracetax {

TraceRecord kitex_record(SpanKind kind, std::vector<EventSpec> events) {
  using enum ExchangeValue;
  TraceRecord record{.scope_name = "github.com/kitex-contrib/obs-opentelemetry",
                     .scope_version = "semver:0.39.0",
                     .kind = kind,
                     .name = SpanName::operation,
                     .at_end = {{"rpc.system", fixed, "kitex"},
                                {"rpc.method", ExchangeValue::method},
                                {"rpc.service", service},
                                {"kitex.recv_size", received_size},
                                {"kitex.send_size", sent_size},
                                {"request.protocol", ExchangeValue::protocol}},
                     .events = std::move(events),
                     .keeps_events = true,
                     .asks_recording = true,
                     .propagators = kCloudwego,
                     .injects_unsampled = false};
  if (kind == SpanKind::server) {
    record.after_start = {{"peer.service", header, "service.name"},
                          {"peer.service.namespace", header, "service.namespace"},
                          {"peer.deployment.environment", header, "deployment.environment"}};
  }
  return record;
}

std::vector<EventSpec> kitex_thrift_events() {
  return stats_events(
      {"read_start", "wait_read_start", "wait_read_finish", "read_finish", "server_handle_start"},
      {"server_handle_finish", "write_start", "write_finish"});
}

Framework kitex_server(std::string_view name, std::string_view models, RpcWire wire,
                       CodecKind codec, std::vector<EventSpec> events) {
  const std::string_view prefix = wire == RpcWire::grpc ? "/bench.v1.Bench/" : "";
  return {.name = name,
          .models = models,
          .pipeline = RpcPipeline{.wire = wire,
                                  .stages = {
                                      RpcRouteSpec{.prefix = prefix},
                                      RoutedSpec{},
                                      TraceSpec{kitex_record(SpanKind::server, std::move(events))},
                                      CallMetricSpec{},
                                      CodecSpec{.kind = codec},
                                      GuardsSpec{.guards = {Guard::acl}},
                                      RecoverSpec{},
                                      ApplicationSpec{},
                                  }}};
}

}  // namespace tracetax
