// What --describe prints.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "targets/service/framework.h"

namespace tracetax {
namespace {

using DescriptionJson = nlohmann::ordered_json;

bool speaks_micro(const Framework& framework) {
  return std::ranges::any_of(stages_of(framework), [](const StageSpec& stage) {
    return std::holds_alternative<MicroEndpointSpec>(stage);
  });
}

std::string_view wire_of(const Framework& framework) {
  if (std::holds_alternative<HttpPipeline>(framework.pipeline)) {
    return speaks_micro(framework) ? "gomicro" : "http";
  }
  const auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline);
  switch (rpc == nullptr ? RpcWire::grpc : rpc->wire) {
    case RpcWire::grpc:
      return "grpc";
    case RpcWire::kitex:
      return "kitex";
    case RpcWire::tars:
      return "tars";
    case RpcWire::dapr:
      return "dapr";
  }
  return "";
}

/// A service with the application's own routes answers at /healthz.
bool has_health_route(const Framework& framework) {
  return std::ranges::any_of(stages_of(framework), [](const StageSpec& stage) {
    const auto* route = std::get_if<RouteSpec>(&stage);
    return route != nullptr && route->routes.empty();
  });
}

DescriptionJson description(const Framework& framework) {
  DescriptionJson json{
      {"name", framework.name},
      {"models", framework.models},
      {"wire", wire_of(framework)},
      {"ready",
       has_health_route(framework) ? "http://127.0.0.1:{port}/healthz" : "tcp://127.0.0.1:{port}"},
      {"spans_per_request", framework.spans_per_request},
      {"can_be_absent", true},
      {"samplers", catalog_names(sampler_catalog())},
  };
  return json;
}

}  // namespace

std::string describe_framework(const Framework& framework) {
  return description(framework).dump(2);
}

std::string describe_frameworks() {
  DescriptionJson all = DescriptionJson::array();
  for (const auto& entry : framework_catalog()) all.push_back(description(entry.make()));
  return all.dump(2);
}

}  // namespace tracetax
