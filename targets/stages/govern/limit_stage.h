// The stage around a rate limiter: a limiter is asked once and not told how the request ended.
// Answers 429 without a body.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "targets/request/rejection.h"
#include "targets/request/stage.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {

/// `Limiter` is made of a Spec and a time and has allow(now), for any thread.
template <typename Limiter, typename Spec>
class LimitStage final : public Stage {
 public:
  LimitStage(const Spec& spec, std::string description)
      : limiter_(spec, steady_nanos()), description_(std::move(description)) {}

  void handle(Exchange& exchange, Next next) const override {
    if (limiter_.allow(steady_nanos())) {
      next(exchange);
    } else {
      reject(exchange, {.status = 429});
    }
  }
  std::string describe() const override { return description_; }

 private:
  mutable Limiter limiter_;
  std::string description_;
};

}  // namespace tracetax
