// SPDX-License-Identifier: Apache-2.0
#include "scenarios/catalog.h"

#include <array>

#include "scenarios/grpc_scenario.h"
#include "scenarios/http.h"

namespace tracetax {
namespace {

const std::array kScenarios{
    CatalogEntry<PrepareScenario>{"http", "HTTP/1.1 or HTTP/2 requests: one, or several in turn", prepare_http_scenario},
    CatalogEntry<PrepareScenario>{"grpc", "gRPC calls, unary or streams", prepare_grpc_scenario},
};

}  // namespace

std::span<const CatalogEntry<PrepareScenario>> scenarios() { return kScenarios; }

}  // namespace tracetax
