// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/latch.h"

#include <fmt/format.h>

#include <memory>

#include "targets/request/rejection.h"

namespace tracetax {
namespace {

class LatchStage final : public Stage {
 public:
  explicit LatchStage(const LatchSpec& spec) : spec_(spec), latch_(spec.limit) {}

  void handle(Exchange& exchange, Next next) const override {
    if (!latch_.try_enter()) {
      reject(exchange, {.status = 503});
      return;
    }
    try {
      next(exchange);
    } catch (...) {
      latch_.leave();
      throw;
    }
    latch_.leave();
  }

  std::string describe() const override {
    return fmt::format("latch: at most {} requests at once, 503", spec_.limit);
  }

 private:
  LatchSpec spec_;
  mutable Latch latch_;
};

}  // namespace

StagePointer make_stage(const LatchSpec& spec) { return std::make_unique<LatchStage>(spec); }

}  // namespace tracetax
