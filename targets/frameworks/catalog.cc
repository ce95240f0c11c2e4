// Every emulated framework by name.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "targets/frameworks/frameworks.h"

namespace tracetax {
namespace {

constexpr std::array kFrameworks{
    CatalogEntry<MakeFramework>{"gin", "gin.Default() with otelgin", make_gin},
    CatalogEntry<MakeFramework>{"nethttp", "Go's net/http with otelhttp", make_nethttp},
    CatalogEntry<MakeFramework>{"grpc-go", "grpc-go with otelgrpc", make_grpc_go},
    CatalogEntry<MakeFramework>{"grpc-chain", "grpc-go calling a second service over gRPC",
                                make_grpc_chain},
    CatalogEntry<MakeFramework>{"grpc-chain-back", "that second service; grpc-chain starts its own",
                                make_grpc_chain_back},
};

}  // namespace

std::span<const CatalogEntry<MakeFramework>> framework_catalog() { return kFrameworks; }

}  // namespace tracetax
