// SPDX-License-Identifier: Apache-2.0
#include "targets/service/sample_request.h"

#include "harness/wire/bench_messages.h"

namespace tracetax {
namespace {

template <typename Spec>
const Spec* find_stage(const Framework& framework) {
  for (const StageSpec& stage : stages_of(framework)) {
    if (const auto* found = std::get_if<Spec>(&stage)) return found;
  }
  return nullptr;
}

WireFormat format_of(CodecKind kind) {
  switch (kind) {
    case CodecKind::thrift:
      return WireFormat::thrift;
    case CodecKind::jce:
      return WireFormat::jce;
    case CodecKind::protobuf:
      return WireFormat::protobuf;
    case CodecKind::json:
    case CodecKind::protojson:
      break;
  }
  return WireFormat::json;
}

}  // namespace

SampleRequest::SampleRequest(const Framework& framework) : method_("GET"), path_("/users/42") {
  set_header("Host", "127.0.0.1:8080");
  set_header("User-Agent", "loadgen/1.0");
  set_header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  if (const auto* route = find_stage<RpcRouteSpec>(framework)) {
    method_ = "POST";
    path_ = std::string(route->prefix) + "Echo";
    const auto* codec = find_stage<CodecSpec>(framework);
    encode_request(format_of(codec == nullptr ? CodecKind::json : codec->kind), EchoText{"hello"},
                   body_);
  }
  if (find_stage<MicroEndpointSpec>(framework) != nullptr) {
    set_header("Micro-Service", "bench");
    set_header("Micro-Endpoint", path_);
    set_header("Content-Type", "application/json");
    path_ = "/";
  }
  if (find_stage<DaprCallSpec>(framework) != nullptr) path_ = "/v1.0/invoke/bench/method/users/42";
}

void SampleRequest::set_header(std::string_view name, std::string_view value) {
  headers_.set(boost::beast::string_view(name.data(), name.size()),
               boost::beast::string_view(value.data(), value.size()));
}

Exchange SampleRequest::exchange() const {
  Exchange exchange;
  exchange.method = method_;
  exchange.path = path_;
  exchange.protocol = "TTHeader";
  exchange.headers = &headers_;
  exchange.body = body_;
  exchange.peer_address = "127.0.0.1";
  exchange.peer_port = 54321;
  exchange.local_address = "127.0.0.1";
  exchange.local_port = 8080;
  exchange.request_id = 1;
  return exchange;
}

}  // namespace tracetax
