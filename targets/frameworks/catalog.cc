// Every emulated framework by name.
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "targets/service/framework.h"

namespace tracetax {

// One line declares make_MAKER(), which is in a file of its own, and lists it.
#define FRAMEWORK(maker, name, help) \
  extern Framework make_##maker();   \
  all.push_back({name, help, make_##maker})

static std::vector<CatalogEntry<MakeFramework>> every_framework() {
  std::vector<CatalogEntry<MakeFramework>> all;
  FRAMEWORK(nethttp, "nethttp", "Go's net/http with otelhttp");
  FRAMEWORK(gin, "gin", "gin.Default() with otelgin");
  FRAMEWORK(echo, "echo", "echo v4 with otelecho");
  FRAMEWORK(hertz, "hertz", "Hertz with obs-opentelemetry");
  FRAMEWORK(gozero_rest, "gozero-rest", "go-zero REST, its default middleware");
  FRAMEWORK(gozero_rest_cpu0, "gozero-rest-cpu0", "the same without the shedder (CpuThreshold: 0)");
  FRAMEWORK(gozero_zrpc, "gozero-zrpc", "go-zero zRPC over gRPC, its default interceptors");
  FRAMEWORK(kratos_http, "kratos-http", "kratos over HTTP, the documented middleware");
  FRAMEWORK(kratos_http_min, "kratos-http-min", "the same with recovery and tracing only");
  FRAMEWORK(kratos_grpc, "kratos-grpc", "kratos over gRPC, the documented middleware");
  FRAMEWORK(kratos_grpc_min, "kratos-grpc-min", "the same with recovery and tracing only");
  FRAMEWORK(kitex_thrift, "kitex-thrift", "Kitex over framed Thrift or TTHeader");
  FRAMEWORK(kitex_pb, "kitex-pb", "Kitex over Kitex Protobuf");
  FRAMEWORK(kitex_grpc, "kitex-grpc", "Kitex over gRPC");
  FRAMEWORK(kitex_chain, "kitex-chain", "Kitex calling a second service over Thrift");
  FRAMEWORK(kitex_chain_back, "kitex-chain-back",
            "that second service; kitex-chain starts its own");
  FRAMEWORK(gomicro, "gomicro", "go-micro over its HTTP transport");
  FRAMEWORK(gomicro_chain, "gomicro-chain", "go-micro calling a second service");
  FRAMEWORK(gomicro_chain_back, "gomicro-chain-back",
            "that second service; gomicro-chain starts its own");
  FRAMEWORK(dapr, "dapr",
            "an application and one behind it, each with a Dapr sidecar: four processes");
  FRAMEWORK(dapr_sidecar, "dapr-sidecar", "the sidecar of the first; dapr starts its own");
  FRAMEWORK(dapr_peer, "dapr-peer", "the sidecar of the second; dapr-sidecar starts its own");
  FRAMEWORK(dapr_app, "dapr-app", "the second application; dapr-peer starts its own");
  FRAMEWORK(dubbo_go, "dubbo-go", "dubbo-go Triple over gRPC framing");
  FRAMEWORK(tars_go, "tars-go", "TarsGo over Tars packets");
  FRAMEWORK(gin_limited, "gin-limited", "gin with a token bucket");
  FRAMEWORK(kitex_thrift_limited, "kitex-thrift-limited", "Kitex with WithLimit");
  FRAMEWORK(dubbo_go_limited, "dubbo-go-limited", "dubbo-go with tps filter and adaptive service");
  FRAMEWORK(grpc_go, "grpc-go", "grpc-go with otelgrpc");
  FRAMEWORK(grpc_chain, "grpc-chain", "grpc-go calling a second service over gRPC");
  FRAMEWORK(grpc_chain_back, "grpc-chain-back", "that second service; grpc-chain starts its own");
  return all;
}

std::span<const CatalogEntry<MakeFramework>> framework_catalog() {
  static const std::vector<CatalogEntry<MakeFramework>> kFrameworks = every_framework();
  return kFrameworks;
}

}  // namespace tracetax
