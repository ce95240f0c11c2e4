// Every emulated framework by name.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "targets/service/frameworks.h"

namespace tracetax {
namespace {

using Entry = CatalogEntry<MakeFramework>;

constexpr std::array kFrameworks{
    Entry{"nethttp", "Go's net/http with otelhttp", make_nethttp},
    Entry{"gin", "gin.Default() with otelgin", make_gin},
    Entry{"echo", "echo v4 with otelecho", make_echo},
    Entry{"hertz", "Hertz with obs-opentelemetry", make_hertz},
    Entry{"gozero-rest", "go-zero REST, its default middleware", make_gozero_rest},
    Entry{"gozero-rest-cpu0", "the same without the shedder (CpuThreshold: 0)",
          make_gozero_rest_cpu0},
    Entry{"gozero-zrpc", "go-zero zRPC over gRPC, its default interceptors", make_gozero_zrpc},
    Entry{"kratos-http", "kratos over HTTP, the documented middleware", make_kratos_http},
    Entry{"kratos-http-min", "the same with recovery and tracing only", make_kratos_http_min},
    Entry{"kratos-grpc", "kratos over gRPC, the documented middleware", make_kratos_grpc},
    Entry{"kratos-grpc-min", "the same with recovery and tracing only", make_kratos_grpc_min},
    Entry{"kitex-thrift", "Kitex over framed Thrift or TTHeader", make_kitex_thrift},
    Entry{"kitex-pb", "Kitex over Kitex Protobuf", make_kitex_pb},
    Entry{"kitex-grpc", "Kitex over gRPC", make_kitex_grpc},
    Entry{"kitex-chain", "Kitex calling a second service over Thrift", make_kitex_chain},
    Entry{"kitex-chain-back", "that second service; kitex-chain starts its own",
          make_kitex_chain_back},
    Entry{"gomicro", "go-micro over its HTTP transport", make_gomicro},
    Entry{"gomicro-chain", "go-micro calling a second service", make_gomicro_chain},
    Entry{"gomicro-chain-back", "that second service; gomicro-chain starts its own",
          make_gomicro_chain_back},
    Entry{"dapr", "an application and one behind it, each with a Dapr sidecar: four processes",
          make_dapr},
    Entry{"dapr-sidecar", "the sidecar of the first; dapr starts its own", make_dapr_sidecar},
    Entry{"dapr-peer", "the sidecar of the second; dapr-sidecar starts its own", make_dapr_peer},
    Entry{"dapr-app", "the second application; dapr-peer starts its own", make_dapr_app},
    Entry{"dubbo-go", "dubbo-go Triple over gRPC framing", make_dubbo_go},
    Entry{"tars-go", "TarsGo over Tars packets", make_tars_go},
    Entry{"grpc-go", "grpc-go with otelgrpc", make_grpc_go},
    Entry{"grpc-chain", "grpc-go calling a second service over gRPC", make_grpc_chain},
    Entry{"grpc-chain-back", "that second service; grpc-chain starts its own",
          make_grpc_chain_back},
};

}  // namespace

std::span<const CatalogEntry<MakeFramework>> framework_catalog() { return kFrameworks; }

}  // namespace tracetax
