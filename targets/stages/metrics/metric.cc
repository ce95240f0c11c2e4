// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/metric.h"

#include <fmt/format.h>

#include <chrono>

namespace tracetax {
namespace {

class NoopInstrument final : public Instrument {
 public:
  void record(double, const AttributeSet&) override {}
  std::string_view describe() const override { return "no-op meter"; }
};

std::string_view name_of(Measurement measurement) {
  switch (measurement) {
    case Measurement::request_size:
      return "request size";
    case Measurement::answer_size:
      return "answer size";
    case Measurement::duration:
      return "duration";
    case Measurement::count:
      return "count";
  }
  return "";
}

class MetricStage final : public Stage {
 public:
  MetricStage(const MetricSpec& spec, std::unique_ptr<Instrument> (*make)()) : spec_(spec) {
    for (const Measurement measurement : spec_.records) {
      instruments_.push_back({measurement, make()});
    }
  }

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const AttributeSet set(make_attributes(spec_.set, exchange));
    for (const auto& [measurement, instrument] : instruments_) {
      instrument->record(value_of(measurement, exchange, took.count()), set);
    }
  }

  std::string describe() const override {
    std::string text =
        fmt::format("metric: one attribute set of up to {}, {} records:", spec_.set.size(),
                    spec_.records.size());
    for (const auto& [measurement, instrument] : instruments_) {
      if (&instrument != &instruments_.front().instrument) text += ',';
      text.append(" ").append(name_of(measurement));
    }
    if (!instruments_.empty())
      text.append("; ").append(instruments_.front().instrument->describe());
    return text;
  }

 private:
  struct Recorder {
    Measurement measurement;
    std::unique_ptr<Instrument> instrument;
  };

  static double value_of(Measurement measurement, const Exchange& exchange, double seconds) {
    switch (measurement) {
      case Measurement::request_size:
        return static_cast<double>(exchange.body.size());
      case Measurement::answer_size:
        return static_cast<double>(exchange.answer.size());
      case Measurement::duration:
        return seconds;
      case Measurement::count:
        return 1;
    }
    return 0;
  }

  MetricSpec spec_;
  std::vector<Recorder> instruments_;
};

}  // namespace

std::unique_ptr<Instrument> make_noop_instrument() { return std::make_unique<NoopInstrument>(); }

StagePointer make_stage(const MetricSpec& spec, std::unique_ptr<Instrument> (*make_instrument)()) {
  return std::make_unique<MetricStage>(spec, make_instrument);
}

}  // namespace tracetax
