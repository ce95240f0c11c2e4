// SPDX-License-Identifier: Apache-2.0
#include "targets/program/peer.h"

#include <fmt/format.h>

#include <utility>

#include "targets/legs/broker/message.h"
#include "targets/program/answer.h"
#include "targets/program/topology_framework.h"
#include "targets/program/value_text.h"
#include "targets/request/steady_nanos.h"

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
Result<StageSpecs> stages_for(const ServiceTopology& caller, ClientWire wire) {
  auto stages = client_stages(caller.framework, wire, caller.calls);
  if (!stages) return stages;
  for (StageSpec& stage : *stages) {
    if (auto* trace = std::get_if<TraceSpec>(&stage)) name_by_operation(wire, trace->record);
  }
  return stages;
}

}  // namespace

Peer::PeerRoute Peer::read_route(const std::string& text, ClientWire wire) {
  const TopologyRoute route = topology_route(text, wire);
  // Clients of HTTP know no patterns, so their spans are not named after one.
  if (wire == ClientWire::http) return {route.method, route.pattern, braces_of(route.pattern), {}};
  return {route.method, route.wire_name, route.operation, {"", route.wire_name}};
}

Result<std::unique_ptr<Peer>> Peer::make(const ServiceTopology& caller,
                                         const ServiceTopology& callee, ClientWire wire,
                                         const BackPlaces& places, Tracer& tracer) {
  const auto stages = stages_for(caller, wire);
  if (!stages) return failure(stages.error());
  return std::unique_ptr<Peer>(
      new Peer(wire, callee, places, build_chain(*stages, {}, tracer, places)));
}

Peer::Peer(ClientWire wire, const ServiceTopology& callee, const BackPlaces& places, Chain client)
    : wire_(wire), client_(std::move(client)) {
  const GrpcAddress first = places.addresses.empty() ? GrpcAddress{} : places.addresses.front();
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
  exchange.route = &route.known;
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
