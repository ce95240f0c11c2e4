// grpc-go v1.83.1 with otelgrpc v0.70.0 as stats handlers: one SERVER span per call, streams
// included, 5 attributes (2 at the start, the address with the headers, the status at the end), no
// events. grpc-chain is the same twice: its Echo calls a second process over gRPC, so a sampled
// request has three spans in two services; its other methods are answered by the front alone.
// Health and reflection calls are traced like any other, as otelgrpc does it without a filter.
// Sources: server.go, internal/transport/;
// instrumentation/google.golang.org/grpc/otelgrpc/stats_handler.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/service/framework.h"

namespace tracetax {
namespace {

Framework grpc_go(std::string_view name, std::string_view models, std::string_view back,
                  std::string_view role = {}, int spans_per_request = 1) {
  return {.name = name,
          .models = models,
          .pipeline =
              GrpcPipeline{
                  .scope_name =
                      "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
                  .scope_version = "0.70.0",
              },
          .back = back,
          .role = role,
          .spans_per_request = spans_per_request};
}

}  // namespace

Framework make_grpc_go() {
  return grpc_go("grpc-go", "grpc-go v1.83.1 with otelgrpc v0.70.0 (stats handlers)", {});
}

Framework make_grpc_chain() {
  return grpc_go("grpc-chain", "two services on grpc-go v1.83.1 with otelgrpc v0.70.0",
                 "grpc-chain-back", {}, 3);
}

Framework make_grpc_chain_back() {
  return grpc_go("grpc-chain-back", "the second service of grpc-chain", {}, "back");
}

}  // namespace tracetax
