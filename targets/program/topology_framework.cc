// SPDX-License-Identifier: Apache-2.0
#include "targets/program/topology_framework.h"

#include <algorithm>
#include <utility>

namespace tracetax {
namespace {

std::vector<Route> http_routes(const RouteSpec& spec, const std::vector<RouteProgram>& programs) {
  std::vector<Route> routes;
  bool has_health = false;
  bool has_api = false;  // fillers might be the same as these
  for (const RouteProgram& program : programs) {
    const TopologyRoute route = topology_route(program.text, ClientWire::http);
    const std::string braced = braces_of(route.pattern);
    has_health = has_health || route.pattern == "/healthz";
    has_api = has_api || route.pattern.starts_with("/api/");
    routes.push_back({route.method, spec.style == ParamStyle::braces ? braced : route.pattern,
                      Action::filler, braced, &program});
  }
  for (Route& route : application_routes(spec.style, has_api ? 0 : spec.fillers)) {
    const bool health = route.endpoint == Action::health && !has_health;
    if (health || route.endpoint == Action::filler) routes.push_back(std::move(route));
  }
  return routes;
}

std::vector<Route> rpc_routes(const RpcRouteSpec& spec, ClientWire wire,
                              const std::vector<RouteProgram>& programs) {
  std::vector<Route> routes;
  for (const RouteProgram& program : programs) {
    TopologyRoute route = topology_route(program.text, wire);
    routes.push_back(
        {"", std::move(route.wire_name), Action::echo, std::move(route.operation), &program});
  }
  for (Route& route : application_methods(spec.prefix, spec.fillers)) {
    if (route.endpoint == Action::filler) routes.push_back(std::move(route));
  }
  return routes;
}

/// grpc-go with otelgrpc as stages: the stats handler comes first, before the method is known.
RpcPipeline grpc_go_pipeline() {
  return {.wire = RpcWire::grpc,
          .stages = {TraceSpec{otelgrpc_record(SpanKind::server)}, MetricSpec{},
                     RpcRouteSpec{.lookup = MethodLookup::by_service}, RoutedSpec{},
                     CodecSpec{.kind = CodecKind::protobuf}, ApplicationSpec{}}};
}

StageSpecs& stages_in(Framework& framework) {
  if (std::holds_alternative<GrpcPipeline>(framework.pipeline)) {
    framework.pipeline = grpc_go_pipeline();
  }
  if (auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline)) return rpc->stages;
  return std::get<HttpPipeline>(framework.pipeline).stages;
}

}  // namespace

std::string braces_of(std::string_view pattern) {
  std::string out;
  while (!pattern.empty()) {
    const auto end = std::min(pattern.find('/', 1), pattern.size());
    const std::string_view segment = pattern.substr(0, end);
    pattern.remove_prefix(end);
    if (segment.starts_with("/:")) {
      out.append("/{").append(segment.substr(2)).append("}");
    } else {
      out.append(segment);
    }
  }
  return out;
}

TopologyRoute topology_route(std::string_view text, ClientWire wire) {
  if (wire == ClientWire::http) {
    const auto space = text.find(' ');
    return {std::string(text.substr(0, space)), std::string(text.substr(space + 1)), {}, {}};
  }
  const auto slash = text.rfind('/');
  const std::string service(text.substr(0, slash));  // "order.Order"
  const std::string method(text.substr(slash + 1));
  const std::string whole = "/" + std::string(text);
  switch (wire) {
    case ClientWire::micro:
      return {"", "", service.substr(service.rfind('.') + 1) + "." + method,
              "/" + service + "." + method};
    case ClientWire::thrift:
      return {"", "", method, whole};
    case ClientWire::tars:
      return {"", "", method, "/" + service + "Obj/" + method};
    case ClientWire::http:
    case ClientWire::grpc:
    case ClientWire::kitex_grpc:
      break;
  }
  return {"", "", whole, whole};
}

void name_by_operation(ClientWire wire, TraceRecord& record) {
  if (wire != ClientWire::micro && wire != ClientWire::tars) return;
  record.name = wire == ClientWire::micro ? SpanName::operation : SpanName::dotted;
  record.name_prefix = {};
}

Framework framework_for(Framework framework, ClientWire wire,
                        const std::vector<RouteProgram>& programs) {
  for (StageSpec& stage : stages_in(framework)) {
    if (auto* route = std::get_if<RouteSpec>(&stage)) route->routes = http_routes(*route, programs);
    if (auto* route = std::get_if<RpcRouteSpec>(&stage)) {
      route->routes = rpc_routes(*route, wire, programs);
    }
    if (auto* trace = std::get_if<TraceSpec>(&stage)) name_by_operation(wire, trace->record);
  }
  return framework;
}

AnswerForm answer_form(const Framework& framework) {
  AnswerForm form;
  const auto* http = std::get_if<HttpPipeline>(&framework.pipeline);
  form.is_rpc = http == nullptr;
  for (const StageSpec& stage : stages_of(framework)) {
    if (const auto* users = std::get_if<UsersSpec>(&stage)) {
      form.content_type = users->json_type;
      form.ends_lines = users->ends_lines;
    }
    if (const auto* codec = std::get_if<CodecSpec>(&stage)) {
      if (!codec->content_type.empty()) form.content_type = codec->content_type;
    }
    if (const auto* application = std::get_if<ApplicationSpec>(&stage)) {
      form.kratos_error = application->refusal == RefusalForm::kratos_error;
    }
    form.is_rpc = form.is_rpc || std::holds_alternative<MicroEndpointSpec>(stage);
  }
  return form;
}

}  // namespace tracetax
