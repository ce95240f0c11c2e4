// SPDX-License-Identifier: Apache-2.0
#include "targets/service/span_shapes.h"

namespace tracetax {
namespace {

constexpr auto kClient = otlp::Span::SPAN_KIND_CLIENT;
constexpr auto kOk = otlp::Status::STATUS_CODE_OK;

const Strings kHttpStart{"server.address:s",
                         "http.request.method:s",
                         "url.scheme:s",
                         "server.port:i",
                         "network.peer.address:s",
                         "network.peer.port:i",
                         "user_agent.original:s",
                         "client.address:s",
                         "url.path:s",
                         "network.protocol.version:s"};
const Strings kHttpEnd{"http.response.body.size:i", "http.response.status_code:i"};
const Strings kGoZeroMessage{"message(message.type:s,message.id:i,message.uncompressed_size:i)",
                             "message(message.type:s,message.id:i,message.uncompressed_size:i)"};
const Strings kKratosRpc{"rpc.system:s",    "rpc.service:s",   "rpc.method:s",   "net.peer.ip:s",
                         "net.peer.port:s", "recv_msg.size:i", "send_msg.size:i"};
const Strings kKitex{"peer.service:s",    "rpc.system:s",      "rpc.method:s",      "rpc.service:s",
                     "kitex.recv_size:i", "kitex.send_size:i", "request.protocol:s"};
const Strings kKitexThrift{"read_start",  "wait_read_start",     "wait_read_finish",
                           "read_finish", "server_handle_start", "server_handle_finish",
                           "write_start", "write_finish"};

Strings join(Strings head, const Strings& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

Strings stats(const Strings& names) {
  Strings events;
  for (const std::string& name : names) events.push_back(name + "(event.status:i)");
  return events;
}

std::vector<SpanShape> http_shapes() {
  const Strings routed = join(join(kHttpStart, {"http.route:s"}), kHttpEnd);
  const Strings gozero{"http.target:s",     "http.server_name:s", "http.route:s",
                       "http.user_agent:s", "http.scheme:s",      "http.host:s",
                       "http.flavor:s",     "http.method:s",      "http.status_code:i"};
  const Strings kratos = join({"http.method:s", "http.route:s", "http.target:s"}, kKratosRpc);
  return {
      {.target = "nethttp",
       .name = "GET /users/{id}",
       .attributes = join(kHttpStart, kHttpEnd),
       .bytes = 457},
      {.target = "gin", .name = "GET /users/:id", .attributes = routed, .bytes = 491},
      {.target = "echo", .name = "GET /users/:id", .attributes = routed, .bytes = 491},
      {.target = "hertz",
       .name = "main.GetUser:/users/:id",
       .attributes = {"net.transport:s", "net.host.ip:s", "net.host.port:i", "http.target:s",
                      "http.route:s", "http.user_agent:s", "http.scheme:s", "http.host:s",
                      "http.flavor:s", "http.method:s", "http.url:s", "net.peer.ip:s",
                      "http.status_code:i"},
       .events = stats({"http_start", "read_header_start", "read_header_finish", "read_body_start",
                        "read_body_finish", "server_handle_start", "server_handle_finish",
                        "write_start", "write_finish", "http_finish"}),
       .bytes = 951},
      {.target = "gozero-rest", .name = "/users/:id", .attributes = gozero, .bytes = 343},
      {.target = "gozero-rest-cpu0", .name = "/users/:id", .attributes = gozero, .bytes = 343},
      {.target = "kratos-http",
       .name = "/bench.v1.Bench/GetUser",
       .attributes = kratos,
       .status = kOk,
       .bytes = 357},
      {.target = "kratos-http-min",
       .name = "/bench.v1.Bench/GetUser",
       .attributes = kratos,
       .status = kOk,
       .bytes = 357},
      {.target = "gomicro", .name = "bench.Bench.Echo", .attributes = {}, .bytes = 82},
      {.target = "dapr-sidecar",
       .name = "CallLocal/bench/users/42",
       .kind = kClient,
       .attributes = {"rpc.service:s", "net.peer.name:s", "dapr.protocol:s", "dapr.api:s",
                      "dapr.status_code:s", "http.request.method:s", "url.full:s",
                      "server.address:s", "server.port:s"},
       .bytes = 393},
  };
}

std::vector<SpanShape> rpc_shapes() {
  return {
      {.target = "gozero-zrpc",
       .name = "bench.v1.Bench/Echo",
       .attributes = {"rpc.system:s", "rpc.service:s", "rpc.method:s", "net.peer.ip:s",
                      "net.peer.port:s", "rpc.grpc.status_code:i"},
       .events = kGoZeroMessage,
       .bytes = 439},
      {.target = "kratos-grpc",
       .name = "/bench.v1.Bench/Echo",
       .attributes = kKratosRpc,
       .status = kOk,
       .bytes = 264},
      {.target = "kratos-grpc-min",
       .name = "/bench.v1.Bench/Echo",
       .attributes = kKratosRpc,
       .status = kOk,
       .bytes = 264},
      {.target = "kitex-thrift",
       .name = "bench.v1.Bench/Echo",
       .attributes = kKitex,
       .events = stats(kKitexThrift),
       .bytes = 639},
      {.target = "kitex-pb",
       .name = "bench.v1.Bench/Echo",
       .attributes = kKitex,
       .events = stats({"read_start", "read_finish", "server_handle_start", "server_handle_finish",
                        "write_start", "write_finish"}),
       .bytes = 542},
      {.target = "kitex-grpc",
       .name = "bench.v1.Bench/Echo",
       .attributes = kKitex,
       .events = stats({"server_handle_start", "server_handle_finish"}),
       .bytes = 366},
      {.target = "dubbo-go",
       .name = "Echo",
       .attributes = {"rpc.system:s", "rpc.service:s", "rpc.method:s"},
       .status = kOk,
       .bytes = 159},
      {.target = "tars-go",
       .name = "BenchObj.Echo",
       .attributes = {"tars.master.name:s", "tars.master.ip:s", "tars.slave.name:s",
                      "tars.slave.ip:s", "tars.interface:s", "tars.method:s", "tars.version:s",
                      "tars.client.port:s", "tars.request.id:i", "tars.rpc.ret:i"},
       .bytes = 365},
      {.target = "dapr-peer",
       .name = "CallLocal/bench/users/42",
       .attributes = {"rpc.service:s", "dapr.invoke_method:s", "dapr.protocol:s", "dapr.api:s"},
       .bytes = 259},
  };
}

}  // namespace

const std::vector<SpanShape>& span_shapes() {
  static const std::vector<SpanShape> kAll = [] {
    std::vector<SpanShape> all = http_shapes();
    for (SpanShape& shape : rpc_shapes()) all.push_back(std::move(shape));
    return all;
  }();
  return kAll;
}

}  // namespace tracetax
