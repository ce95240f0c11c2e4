// SPDX-License-Identifier: Apache-2.0
#include "scenarios/catalog.h"

#include <array>

#include "scenarios/grpc/grpc_scenario.h"
#include "scenarios/http/http.h"
#include "scenarios/rpc/rpc_scenarios.h"

namespace tracetax {
namespace {

const std::array kScenarios{
    CatalogEntry<PrepareScenario>{"http", "HTTP/1.1 or HTTP/2 requests: one, or several in turn",
                                  prepare_http_scenario},
    CatalogEntry<PrepareScenario>{"grpc", "gRPC calls, unary or streams", prepare_grpc_scenario},
    CatalogEntry<PrepareScenario>{"thrift", "Thrift calls, framed or in TTHeader",
                                  prepare_thrift_scenario},
    CatalogEntry<PrepareScenario>{"kitex-pb", "Kitex Protobuf calls", prepare_kitex_pb_scenario},
    CatalogEntry<PrepareScenario>{"tars", "Tars calls", prepare_tars_scenario},
    CatalogEntry<PrepareScenario>{"triple", "Dubbo's Triple calls, in gRPC's framing or bare",
                                  prepare_triple_scenario},
    CatalogEntry<PrepareScenario>{"gomicro", "go-micro's calls over HTTP/1.1",
                                  prepare_gomicro_scenario},
};

}  // namespace

std::span<const CatalogEntry<PrepareScenario>> scenarios() { return kScenarios; }

}  // namespace tracetax
