// Stage `route` of RPC servers: finds the method that a call names. A method nobody knows leaves
// the route empty and the status 404, which the server turns into its protocol's own refusal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

enum class MethodLookup {
  flat,        // one hash map by the whole name (kitex, dubbo-go, tars-go)
  by_service,  // a map of services, each with a map of methods (grpc-go)
  // go-micro's router: the same under a mutex; arguments are made and the method is called through
  // type erasure, where Go uses reflection. Go's price per reflected call is not claimed.
  reflective,
};

struct RpcRouteSpec {
  MethodLookup lookup = MethodLookup::flat;
  std::string_view prefix =
      "/bench.v1.Bench/";       // before each method; "Bench." in go-micro, "" in Thrift
  int fillers = 50;             // methods that nobody calls
  std::vector<Route> routes{};  // in place of the application's; empty: those
};
[[nodiscard]] StagePointer make_stage(const RpcRouteSpec& spec);

/// Echo, GetUser, CreateUser and the fillers, each with its prefix; no HTTP method.
[[nodiscard]] std::vector<Route> application_methods(std::string_view prefix, int fillers);

}  // namespace tracetax
