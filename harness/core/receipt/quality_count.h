// Counts the quality of traces, one trace after another. Pure; memory is a few words for each
// service.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/receipt/span_marks.h"
#include "harness/core/receipt/trace_quality.h"

namespace tracetax {

/// What the plan says of a trace that may come.
struct PlannedTree {
  SpanId caller;  // the parent outside of the trace, which is no loss
  std::uint64_t spans = 1;
  bool late_on_purpose = false;  // its request asked for a span that outlives its parent
};

/// Times are compared beyond what the clocks can tell. The resolution of a service's clock is read
/// off its stamps: 1 ms where all of them are whole milliseconds, and so on down to 1 ns. Between
/// spans of two services, and between a span and the sink, it is at least 1 ms: their clocks are
/// set apart from each other.
///
/// A late parent is one that had ended when its child began. Not accused are messages: a CONSUMER
/// span, and a span below a PRODUCER, come after it by design. Nor are traces that are late on
/// purpose.
class QualityCount {
 public:
  /// `spans`: all of the segment, for their clocks.
  explicit QualityCount(std::span<const SpanSeen* const> spans);

  /// The distinct spans of one trace, ordered by span id. `plan`: nullptr where nothing is known of
  /// it, or it should not have come.
  void add(std::span<const SpanSeen* const> trace, const PlannedTree* plan);
  /// `traces_sampled` and `spans_sampled` are the caller's to fill in, and so is the example of a
  /// raw path.
  [[nodiscard]] TraceQuality total() const;

 private:
  [[nodiscard]] std::uint64_t resolution_ns(const SpanSeen& left, const SpanSeen& right) const;
  void add_times(const SpanSeen& span, const SpanSeen* parent, bool late_on_purpose);
  void add_marks(const SpanSeen& span);

  std::vector<std::uint64_t> resolution_ns_;  // by service
  TraceQuality sum_;
  std::array<std::uint64_t, 32> old_names_{};  // spans by the number in their marks
};

}  // namespace tracetax
