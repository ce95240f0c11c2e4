// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/micro_endpoint.h"

#include <utility>

namespace tracetax {
namespace {

class MicroEndpointStage final : public Stage {
 public:
  void handle(Exchange& exchange, Next next) const override {
    const std::string_view endpoint = exchange.header("Micro-Endpoint");
    if (!endpoint.empty()) exchange.path = endpoint;
    next(exchange);
    if (exchange.status < 400) return;
    // Whatever it is, HTTP says 200.
    exchange.status = 200;
    exchange.content_type = "application/json";
    exchange.answer_headers.push_back({"Micro-Error", exchange.answer});
    exchange.answer_headers.push_back({"X-Micro-Error", std::move(exchange.answer)});
    exchange.answer.clear();
  }
  std::string describe() const override {
    return "endpoint: the method is what Micro-Endpoint says; an error is a 200 with Micro-Error";
  }
};

}  // namespace

StagePointer make_stage(const MicroEndpointSpec&) { return std::make_unique<MicroEndpointStage>(); }

}  // namespace tracetax
