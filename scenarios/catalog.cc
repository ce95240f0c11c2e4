// SPDX-License-Identifier: Apache-2.0
#include "scenarios/catalog.h"

#include <array>

#include "scenarios/http.h"

namespace tracetax {
namespace {

const std::array kScenarios{
    CatalogEntry<PrepareScenario>{"http", "HTTP/1.1 or HTTP/2 requests: one, or several in turn", prepare_http_scenario},
};

}  // namespace

std::span<const CatalogEntry<PrepareScenario>> scenarios() { return kScenarios; }

}  // namespace tracetax
