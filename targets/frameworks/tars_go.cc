// TarsGo v1.4.5: a packet of 4 bytes of length and a JCE RequestPacket; a task per packet; filters;
// the generated dispatch with the JCE codec. The module's own OpenTelemetry filter does not link
// with today's SDK, so this is that filter written anew: 7 attributes at the start, 2 right after,
// tars.rpc.ret at the end; the context rides in the packet's status map, where the caller's name is
// too. A histogram record per call. Sources: tars/protocol/, tars/transport/, tars/tarsprotocol.go;
// contrib/middleware/opentelemetry/opentelemetry.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/tars_go.h"

namespace tracetax {

TraceRecord tars_record(SpanKind kind) {
  using enum ExchangeValue;
  return {
      .scope_name = "github.com/TarsCloud/TarsGo/tars/middleware/opentelemetry",
      .scope_version = "semver:1.4.5",
      .kind = kind,
      .name = SpanName::method,
      .name_prefix = "BenchObj.",
      .at_start = {{"tars.master.name", header_or_empty, "TARS_MASTER_NAME"},
                   {"tars.master.ip", peer_address},
                   {"tars.slave.name", fixed, "tracetax.Bench"},
                   {"tars.slave.ip", local_address},
                   {"tars.interface", fixed, "tracetax.Bench.BenchObj"},
                   {"tars.method", ExchangeValue::method},
                   {"tars.version", fixed, "1.4.5"}},
      .after_start = {{"tars.client.port", peer_port_text}, {"tars.request.id", request_id}},
      .at_end = {{"tars.rpc.ret", result}},
      .error_from = 400,
  };
}

Framework make_tars_go() {
  using enum ExchangeValue;
  return {.name = "tars-go",
          .models = "TarsGo v1.4.5 with a filter like its contrib one",
          .pipeline = RpcPipeline{
              .wire = RpcWire::tars,
              .stages = {
                  HandoffSpec{},
                  HeaderCopiesSpec{},
                  RpcRouteSpec{.prefix = ""},
                  TraceSpec{tars_record(SpanKind::server)},
                  MetricSpec{.records = {Measurement::duration},
                             .set = {{"tars.interface", fixed, "tracetax.Bench.BenchObj"},
                                     {"tars.method", ExchangeValue::method},
                                     {"tars.rpc.ret", result}}},
                  StatReportSpec{},
                  CodecSpec{.kind = CodecKind::jce},
                  ApplicationSpec{},
              }}};
}

}  // namespace tracetax
