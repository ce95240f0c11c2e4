// The rows of table T3: what each arm costs the service and whoever stands behind it, what it
// stores, and which traces are left. No words and no layout here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/request/request_class.h"
#include "harness/core/run_result.h"
#include "reports/samplers/paired_amount.h"

namespace tracetax {

/// A share with what is known of it: Clopper-Pearson, 95 % (harness/stats/binomial.h). It takes
/// traces as drawn one by one; a sampler that changes its rate scatters more.
struct Share {
  std::uint64_t of = 0, all = 0;
  double value = 0, low = 0, high = 1;
};
[[nodiscard]] Share share_of(std::uint64_t of, std::uint64_t all);

/// The traces of one class in all valid segments of an arm.
struct ClassKept {
  RequestClass of = RequestClass::normal;
  std::uint64_t sent = 0, whole = 0, part = 0;
  /// Of those sent: came whole.
  [[nodiscard]] Share recall() const { return share_of(whole, sent); }
};

/// Who decides which traces are kept.
enum class SamplerPlace {
  none,     // tracing is off, or everything is kept
  caller,   // the request says so
  service,  // at the head: when the request comes in
  behind,   // at the tail: another process, when the trace is there
};

struct SamplerRow {
  int arm = 0;
  SamplerPlace place = SamplerPlace::none;
  int valid = 0, measured = 0;               // segments
  PairedAmount client_cpu, stage_cpu;        // us per request; stage: all companions together
  PairedAmount client_memory, stage_memory;  // bytes, peak
  PairedAmount bytes;                        // per request, as they arrived at the sink
  /// Of the spans, from their end to their arrival, ms; `more` is than in the arm that keeps all.
  PairedAmount delay_p50, delay_p99;
  std::vector<ClassKept> classes;  // empty: nobody knows which requests its traces are of
  /// Traces that came, in segments that are valid or void for their receipt alone: a rule that
  /// voids what is torn must not make all that is left whole.
  std::uint64_t came_whole = 0, came_part = 0;

  [[nodiscard]] const ClassKept* kept(RequestClass of) const;
  [[nodiscard]] Share kept_of_all() const;
};

struct SamplerCell {
  int cell = 0;
  std::optional<int> full;       // the arm that keeps everything: what the others are held against
  std::vector<SamplerRow> rows;  // in the order of the arms
};

/// Of one segment, per request: CPU of the subjects in us, and bytes as they arrived at the sink.
[[nodiscard]] std::optional<double> client_us(const SegmentRecord& segment);
[[nodiscard]] std::optional<double> stored_bytes(const SegmentRecord& segment);

/// Whether an arm says what it keeps, and another keeps everything.
[[nodiscard]] bool measures_samplers(const RunResult& result);

[[nodiscard]] std::vector<SamplerCell> sampler_cells(const RunResult& result);

/// The row of the arm that keeps everything; null where there is none.
[[nodiscard]] const SamplerRow* full_row(const SamplerCell& cell);

/// How many traces of a class are left within a budget of bytes: equal_bytes.h. The interval is
/// that of the recall, carried through at the bytes as estimated, which scatter far less.
struct RecallAtBudget {
  double budget = 0;  // share of what the arm that keeps everything stores: a fixed ratio's recall
  double value = 0, low = 0, high = 1;
};
[[nodiscard]] std::optional<RecallAtBudget> recall_at(const SamplerCell& cell,
                                                      const SamplerRow& row, RequestClass of,
                                                      double budget);

/// Who counts errors among the traces that were kept, and scales up, finds so many times the true
/// share of errors. The interval is Clopper-Pearson's of the errors among the traces kept.
[[nodiscard]] std::optional<Share> error_share_factor(const SamplerRow& row);

}  // namespace tracetax
