// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>

namespace tracetax {
namespace {

class RetryStage final : public Stage {
 public:
  explicit RetryStage(const RetrySpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    const std::string_view sent = exchange.body;
    if (spec_.retries <= 0 || sent.size() > spec_.replay_bytes_max) {
      next(exchange);
      return;
    }
    const std::string replay(sent);
    const Restore restore{exchange, sent};
    const auto headers = static_cast<std::ptrdiff_t>(exchange.answer_headers.size());
    for (int retry = 0;; ++retry) {
      exchange.body = replay;
      next(exchange);
      if (retry == spec_.retries || !worth_another(exchange.status)) return;
      if (spec_.wait != nullptr) spec_.wait(backoff_before(spec_, retry + 1));
      exchange.status = 200;
      exchange.content_type = {};
      exchange.allow.clear();
      exchange.answer.clear();
      exchange.answer_headers.erase(exchange.answer_headers.begin() + headers,
                                    exchange.answer_headers.end());
      exchange.reply = {};
    }
  }

  std::string describe() const override {
    return fmt::format("retry: up to {} more, {} back-off {}{}, replay buffer up to {} bytes",
                       spec_.retries, spec_.backoff == Backoff::fixed ? "fixed" : "exponential",
                       format_duration(spec_.interval),
                       spec_.wait == nullptr ? " (not waited)" : "", spec_.replay_bytes_max);
  }

 private:
  struct Restore {
    Exchange& exchange;
    std::string_view body;
    ~Restore() { exchange.body = body; }
  };
  [[nodiscard]] bool worth_another(unsigned status) const {
    return std::ranges::find(spec_.on_status, status) != spec_.on_status.end();
  }

  RetrySpec spec_;
};

}  // namespace

Nanos backoff_before(const RetrySpec& spec, int retry) {
  if (spec.backoff == Backoff::fixed) return spec.interval;
  if (retry > 13) return std::chrono::minutes(2);
  const double factor = std::pow(static_cast<double>(std::max(retry, 0)), std::numbers::e);
  return spec.interval * static_cast<std::int64_t>(factor);
}

StagePointer make_stage(const RetrySpec& spec) { return std::make_unique<RetryStage>(spec); }

}  // namespace tracetax
