// kratos v2.9.2 over gRPC: grpc-go with one interceptor (Transport object, a deadline of 1 s,
// middleware matched and chained for each call). channelz' counters per call, which kratos turns
// on, are not modelled. Middleware and spans are those of kratos_http.cc, without the three
// attributes of HTTP: 6 right after the start and 1 at the end. Sources:
// transport/grpc/{server,interceptor}.go; as there.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/kratos.h"
#include "targets/service/framework.h"

namespace tracetax {
namespace {

Framework kratos_grpc(std::string_view name, std::string_view models, bool minimal) {
  StageSpecs stages{
      CallCountersSpec{}, RpcRouteSpec{.lookup = MethodLookup::by_service},
      RoutedSpec{},       CodecSpec{.kind = CodecKind::protobuf},
      HeaderCopiesSpec{}, TimerSpec{},
  };
  for (StageSpec& stage : kratos_middleware(false, minimal)) stages.push_back(std::move(stage));
  return {.name = name,
          .models = models,
          .pipeline = RpcPipeline{.wire = RpcWire::grpc, .stages = std::move(stages)}};
}

}  // namespace

Framework make_kratos_grpc() {
  return kratos_grpc("kratos-grpc", "kratos v2.9.2 over gRPC, the documented middleware", false);
}

Framework make_kratos_grpc_min() {
  return kratos_grpc("kratos-grpc-min", "kratos v2.9.2 over gRPC, recovery and tracing only", true);
}

}  // namespace tracetax
