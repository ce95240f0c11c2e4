// SPDX-License-Identifier: Apache-2.0
#include "targets/program/peer.h"

#include <fmt/format.h>

#include <utility>

#include "targets/legs/broker/message.h"
#include "targets/program/answer.h"
#include "targets/program/topology_framework.h"
#include "targets/program/value_text.h"
#include "targets/request/steady_nanos.h"
#include "targets/service/build.h"

namespace tracetax {

/// Owns what the exchange of a call refers to.
struct PeerRequest {
  std::string path, query, body;
};

namespace {

/// "/orders/:sku" with the value of sku.
std::string path_with(std::string_view pattern, const Values& values) {
  std::string path;
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('/', 1), pattern.size());
    const std::string_view segment = pattern.substr(0, end);
    pattern.remove_prefix(end);
    if (segment.starts_with("/:")) {
      path += '/';
      append_percent(values.get(segment.substr(2)), path);
    } else {
      path += segment;
    }
  }
  return path;
}

bool carries_body(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "DELETE";
}

/// go-micro's spans are named by the service that is called, and so its record is.
StageSpecs stages_for(const ServiceTopology& caller, ClientWire wire) {
  StageSpecs stages = client_stages(caller.framework, wire, caller.calls);
  for (StageSpec& stage : stages) {
    if (auto* trace = std::get_if<TraceSpec>(&stage)) name_by_operation(wire, trace->record);
  }
  return stages;
}

}  // namespace

Peer::PeerRoute Peer::read_route(const std::string& text, ClientWire wire) {
  const TopologyRoute route = topology_route(text, wire);
  return {route.method, wire == ClientWire::http ? route.pattern : route.wire_name,
          wire == ClientWire::http ? braces_of(route.pattern) : route.operation};
}

Peer::Peer(const ServiceTopology& caller, const ServiceTopology& callee, ClientWire wire,
           const std::vector<GrpcAddress>& addresses, Tracer& tracer)
    : wire_(wire), client_(build_chain(stages_for(caller, wire), {}, tracer, addresses.front())) {
  const GrpcAddress& first = addresses.front();
  headers_.set(boost::beast::http::field::host, fmt::format("{}:{}", first.host, first.port));
  headers_.set(boost::beast::http::field::user_agent, "Go-http-client/1.1");
  headers_.set(boost::beast::http::field::content_type, "application/json");
  for (const auto& [text, steps] : callee.routes) routes_.emplace(text, read_route(text, wire));
}

void Peer::fill(const PeerRoute& route, const Values& values, PeerRequest& request) const {
  request.path = wire_ == ClientWire::http ? path_with(route.path, values) : route.path;
  const bool in_query = wire_ == ClientWire::http && !carries_body(route.method);
  (in_query ? request.query : request.body) = in_query ? query_of(values) : json_of(values);
}

CallEnd Peer::call(const std::string& text, Nanos deadline, const Span* parent,
                   Values& values) const {
  const PeerRoute& route = routes_.at(text);
  PeerRequest request;
  fill(route, values, request);
  Exchange exchange;
  exchange.headers = &headers_;
  exchange.path = request.path;
  exchange.query = request.query;
  exchange.operation = route.operation;
  exchange.method = route.method;
  if (wire_ == ClientWire::http) {
    exchange.body = request.body;
  } else {
    exchange.request = Echo{std::move(request.body)};
  }
  if (deadline > Nanos(0)) exchange.call_deadline = steady_nanos() + deadline;
  // A trace stage only starts a child under it.
  exchange.span = const_cast<Span*>(parent);
  client_.handle(exchange);
  CallEnd end = read_answer(exchange, wire_ != ClientWire::http, values);
  end.too_late = !end.answered && end.status == 504;
  return end;
}

std::vector<std::string> Peer::describe() const {
  std::vector<std::string> lines;
  for (const StagePointer& stage : client_.stages()) lines.push_back(stage->describe());
  return lines;
}

}  // namespace tracetax
