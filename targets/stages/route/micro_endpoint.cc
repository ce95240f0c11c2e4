// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/micro_endpoint.h"

namespace tracetax {
namespace {

class MicroEndpointStage final : public Stage {
 public:
  void handle(Exchange& exchange, Next next) const override {
    const std::string_view endpoint = exchange.header("Micro-Endpoint");
    if (!endpoint.empty()) exchange.path = endpoint;
    next(exchange);
  }
  std::string describe() const override {
    return "endpoint: the method is what Micro-Endpoint says";
  }
};

}  // namespace

StagePointer make_stage(const MicroEndpointSpec&) { return std::make_unique<MicroEndpointStage>(); }

}  // namespace tracetax
