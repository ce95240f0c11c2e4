// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/applied_chain.h"

#include <utility>

namespace tracetax {
namespace {

class HandlerClosure final : public Stage {
 public:
  explicit HandlerClosure(Next handler) : handler_(handler) {}
  void handle(Exchange& exchange, Next) const override { handler_(exchange); }
  std::string describe() const override { return "handler"; }

 private:
  Next handler_;
};

class MiddlewareClosure final : public Stage {
 public:
  MiddlewareClosure(const Stage& middleware, StagePointer inner)
      : middleware_(middleware), inner_(std::move(inner)) {}
  void handle(Exchange& exchange, Next) const override {
    middleware_.handle(exchange, Next(std::span(&inner_, 1)));
  }
  std::string describe() const override { return middleware_.describe(); }

 private:
  const Stage& middleware_;
  StagePointer inner_;
};

StagePointer apply_chain(std::span<const Stage* const> middleware, Next handler) {
  StagePointer applied = std::make_unique<HandlerClosure>(handler);
  for (auto stage = middleware.rbegin(); stage != middleware.rend(); ++stage) {
    applied = std::make_unique<MiddlewareClosure>(**stage, std::move(applied));
  }
  return applied;
}

struct Closures {
  StagePointer outermost;
  std::shared_ptr<const void> others;  // of a chain around this one
};

}  // namespace

void handle_applied(std::span<const Stage* const> middleware, Next handler, Exchange& exchange) {
  const auto closures =
      std::make_shared<const Closures>(apply_chain(middleware, handler), exchange.closures);
  exchange.closures = closures;
  closures->outermost->handle(exchange, Next({}));
}

}  // namespace tracetax
