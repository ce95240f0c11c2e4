// The stage around a circuit breaker: asks it, passes the request on or answers by itself, and
// tells it how the request ended. One breaker per route, as the frameworks have one per path or
// method. What escapes the rest of the chain is a failure and goes on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "targets/request/per_route.h"
#include "targets/request/rejection.h"
#include "targets/request/stage.h"
#include "targets/request/steady_nanos.h"
#include "targets/request/uniform.h"

namespace tracetax {

/// `Breaker` has allow(now, uniform), succeed(now) and fail(now), for any thread.
template <typename Breaker>
class BreakerStage final : public Stage {
 public:
  using Make = std::function<std::unique_ptr<Breaker>()>;
  using IsFailure = bool (*)(unsigned status);

  BreakerStage(Make make, Rejection rejection, IsFailure is_failure, std::string description)
      : breakers_(std::move(make)),
        rejection_(rejection),
        is_failure_(is_failure),
        description_(std::move(description)) {}

  void handle(Exchange& exchange, Next next) const override {
    Breaker& breaker = breakers_.of(exchange.route);
    if (!breaker.allow(steady_nanos(), thread_uniform())) {
      reject(exchange, rejection_);
      return;
    }
    try {
      next(exchange);
    } catch (...) {
      breaker.fail(steady_nanos());
      throw;
    }
    if (is_failure_(exchange.status)) {
      breaker.fail(steady_nanos());
    } else {
      breaker.succeed(steady_nanos());
    }
  }

  std::string describe() const override { return description_; }

 private:
  mutable PerRoute<Breaker> breakers_;
  Rejection rejection_;
  IsFailure is_failure_;
  std::string description_;
};

}  // namespace tracetax
