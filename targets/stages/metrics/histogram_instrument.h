// An instrument that keeps: an explicit-bucket histogram per attribute set, as the metric SDK of
// OpenTelemetry for Go aggregates (sdk/metric/internal/aggregate/histogram.go). Nobody reads it out
// here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "targets/stages/metrics/metric.h"

namespace tracetax {

class HistogramInstrument final : public Instrument {
 public:
  /// The SDK's default limit. The last set stands for all that came too late.
  static constexpr std::size_t kSetsMax = 2000;
  /// Upper ones, inclusive: the SDK's default.
  static constexpr std::array kBounds{0.0,   5.0,   10.0,   25.0,   50.0,   75.0,   100.0,  250.0,
                                      500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10000.0};

  struct Point {
    Attributes set;
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t count = 0;
    double sum = 0;
    double min = 0;
    double max = 0;
  };

  void record(double value, const AttributeSet& set) override;
  std::string_view describe() const override { return "histogram per attribute set"; }

  /// Copies, in no order. For tests.
  [[nodiscard]] std::vector<Point> points() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Point> points_;  // by the set's hash, as there
};

[[nodiscard]] std::unique_ptr<Instrument> make_histogram_instrument();

}  // namespace tracetax
