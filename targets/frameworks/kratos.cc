// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/kratos.h"

#include <utility>

namespace tracetax {
namespace {

MetricSpec kratos_metric(bool http) {
  using enum ExchangeValue;
  return {.records = {Measurement::count, Measurement::duration},
          .set = {{"kind", fixed, http ? "http" : "grpc"},
                  {"operation", operation},
                  {"code", status_code},
                  {"reason", fixed, ""}}};
}

}  // namespace

TraceRecord kratos_record(bool http, SpanKind kind) {
  using enum ExchangeValue;
  const bool client = kind == SpanKind::client;  // sends what a server receives
  TraceRecord record{.scope_name = "kratos",
                     .scope_version = "",
                     .kind = kind,
                     .name = SpanName::full_method,
                     .at_end = {{"rpc.status_code", error_code},
                                {client ? "recv_msg.size" : "send_msg.size", sent_size}},
                     .sets_ok = true,
                     .error_from = 400,
                     .exception_event = true,
                     .propagators = Propagators{Propagator::kratos_metadata, Propagator::baggage,
                                                Propagator::trace_context}};
  if (http) {
    record.after_start = {{"http.method", request_method},
                          {"http.route", ExchangeValue::route},
                          {"http.target", path}};
  }
  const AttributeTable rpc{{"rpc.system", fixed, http ? "http" : "grpc"},
                           {"rpc.service", service},
                           {"rpc.method", ExchangeValue::method},
                           {"net.peer.ip", peer_address},
                           {"net.peer.port", peer_port_text},
                           {client ? "send_msg.size" : "recv_msg.size", received_size}};
  record.after_start.insert(record.after_start.end(), rpc.begin(), rpc.end());
  return record;
}

StageSpecs kratos_middleware(bool http, bool minimal) {
  StageSpecs stages{OperationMatcherSpec{}, RecoverSpec{},
                    TraceSpec{kratos_record(http, SpanKind::server)}};
  if (!minimal) {
    stages.push_back(KeyValueLogSpec{.component = http ? "http" : "grpc"});
    stages.push_back(kratos_metric(http));
    stages.push_back(HeaderCopiesSpec{});
    stages.push_back(ShedKratosSpec{});
    stages.push_back(GuardsSpec{.guards = {Guard::validate}});
  }
  stages.push_back(ApplicationSpec{.made = 200, .refusal = RefusalForm::kratos_error});
  return stages;
}

}  // namespace tracetax
