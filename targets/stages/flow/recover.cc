// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/recover.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace tracetax {
namespace {

class RecoverStage final : public Stage {
 public:
  void handle(Exchange& exchange, Next next) const override {
    try {
      next(exchange);
    } catch (const std::exception& error) {
      fmt::print(stderr, "tracetax-target: {} {}: recovered from: {}\n", exchange.method,
                 exchange.path, error.what());
      exchange.status = 500;
      exchange.content_type = {};
      exchange.answer.clear();
    }
  }
  std::string describe() const override { return "recover: an exception becomes a 500"; }
};

}  // namespace

StagePointer make_stage(const RecoverSpec&) { return std::make_unique<RecoverStage>(); }

}  // namespace tracetax
