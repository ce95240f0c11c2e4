// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/kratos.h"

#include <utility>

#include "targets/frameworks/span_facts.h"

namespace tracetax {
namespace {

TraceRecord kratos_record(bool http) {
  using enum ExchangeValue;
  TraceRecord record{
      .scope_name = "kratos",
      .scope_version = "",
      .name = SpanName::full_method,
      .at_end = {{"send_msg.size", sent_size}},
      .sets_ok = true,
      .error_from = 400,
      .exception_event = true,
      .propagators = {Propagator::kratos_metadata, Propagator::baggage, Propagator::trace_context}};
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
                           {"recv_msg.size", received_size}};
  record.after_start.insert(record.after_start.end(), rpc.begin(), rpc.end());
  return record;
}

MetricSpec kratos_metric(bool http) {
  using enum ExchangeValue;
  return {.records = {Measurement::count, Measurement::duration},
          .set = {{"kind", fixed, http ? "http" : "grpc"},
                  {"operation", operation},
                  {"code", status_code},
                  {"reason", fixed, ""}}};
}

}  // namespace

StageSpecs kratos_middleware(bool http, bool minimal) {
  StageSpecs stages{OperationMatcherSpec{}, RecoverSpec{}, TraceSpec{kratos_record(http)}};
  if (!minimal) {
    stages.push_back(KeyValueLogSpec{.component = http ? "http" : "grpc"});
    stages.push_back(kratos_metric(http));
    stages.push_back(HeaderCopiesSpec{});
    stages.push_back(ShedKratosSpec{});
    stages.push_back(GuardsSpec{.guards = {Guard::validate}});
  }
  stages.push_back(ApplicationSpec{});
  return stages;
}

SpanShape kratos_span(bool http) {
  const SpanTexts rpc{"rpc.system:s",    "rpc.service:s",   "rpc.method:s",   "net.peer.ip:s",
                      "net.peer.port:s", "recv_msg.size:i", "send_msg.size:i"};
  return {
      .name = http ? "/bench.v1.Bench/GetUser" : "/bench.v1.Bench/Echo",
      .attributes = http ? joined({"http.method:s", "http.route:s", "http.target:s"}, rpc) : rpc,
      .status = SpanStatus::ok,
      .bytes = http ? 357.0 : 264.0};
}

}  // namespace tracetax
