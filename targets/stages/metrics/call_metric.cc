// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/call_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 3> kWantedOfResource{"service.name", "service.namespace",
                                                            "deployment.environment"};

/// Every attribute against every wanted key, as the original does.
void copy_wanted(const Attributes& from, std::span<const std::string_view> wanted, Attributes& to) {
  for (const Attribute& attribute : from) {
    for (const std::string_view key : wanted) {
      if (attribute.key == key) to.push_back(attribute);
    }
  }
}

class CallMetricStage final : public Stage {
 public:
  CallMetricStage(const CallMetricSpec& spec, std::unique_ptr<Instrument> (*make)())
      : spec_(spec), duration_(make()), counter_(spec.counts ? make() : nullptr) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    if (spec_.asks_recording && !exchange.span_records) return;
    Attributes copied = copied_of(exchange);
    if (counter_) record(*counter_, 1, copied);
    record(*duration_, took.count(), std::move(copied));
  }

  std::string describe() const override {
    return fmt::format("metric: {} with attributes copied from span and resource{}; {}",
                       spec_.counts ? "two records" : "one record",
                       spec_.asks_recording ? ", if the span records" : "", duration_->describe());
  }

 private:
  /// As metric.WithAttributes makes a set of its own for each record.
  static void record(Instrument& instrument, double value, Attributes attributes) {
    instrument.record(value, AttributeSet(std::move(attributes)));
  }

  /// From the span as the SDK hands it out for reading: a copy of what it holds.
  Attributes copied_of(const Exchange& exchange) const {
    Attributes copied;
    if (!exchange.span_records) return copied;
    copy_wanted(make_attributes(spec_.span, exchange), spec_.wanted, copied);
    copy_wanted(spec_.resource, kWantedOfResource, copied);
    return copied;
  }

  CallMetricSpec spec_;
  std::unique_ptr<Instrument> duration_;
  std::unique_ptr<Instrument> counter_;  // null: none
};

}  // namespace

StagePointer make_stage(const CallMetricSpec& spec,
                        std::unique_ptr<Instrument> (*make_instrument)()) {
  return std::make_unique<CallMetricStage>(spec, make_instrument);
}

}  // namespace tracetax
