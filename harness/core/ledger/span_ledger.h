// The walk of a segment's spans from the requests to the sink, stage by stage: how many got so far,
// who counted that, and where the first are missing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// In the order in which a span passes them. After `requests` everything counts spans.
enum class SpanStage {
  requests,   // with the sampled flag, or sampled by the plan otherwise
  expected,   // spans that these have to leave
  started,    // by the instrumentation
  sampled,    // kept by the sampler
  ended,      // so that a processor saw it
  queued,     // and not dropped by a full queue
  exported,   // accepted by whom the target exports to
  collected,  // taken by a collector between the target and the sink
  forwarded,  // sent on by that collector
  received,   // by the sink
};
inline constexpr std::array<std::string_view, 10> kSpanStageNames{
    "requests", "expected", "started",   "sampled",   "ended",
    "queued",   "exported", "collected", "forwarded", "received"};
[[nodiscard]] constexpr std::string_view name_of(SpanStage stage) noexcept {
  return kSpanStageNames[static_cast<std::size_t>(stage)];
}

/// Who counted a stage.
enum class CountedBy {
  plan,       // the driver knows what it asked for
  sdk,        // the target's own counts
  collector,  // its page of metrics
  sink,
  inferred,  // nobody: at least so many, for so many came further
  nobody,    // not seen
};
inline constexpr std::array<std::string_view, 6> kCountedByNames{"plan", "sdk",      "collector",
                                                                 "sink", "inferred", "nobody"};
[[nodiscard]] constexpr std::string_view name_of(CountedBy by) noexcept {
  return kCountedByNames[static_cast<std::size_t>(by)];
}

struct NamedLoss {
  std::string why;  // "dropped by the target's queue"
  std::uint64_t spans = 0;
  friend bool operator==(const NamedLoss&, const NamedLoss&) = default;
};

struct LedgerStage {
  SpanStage stage = SpanStage::requests;
  std::optional<std::uint64_t> count;  // none: not seen
  CountedBy by = CountedBy::nobody;
  // Since the last stage before it that was counted:
  std::uint64_t lost = 0;
  std::uint64_t more = 0;          // spans that did not pass there: asked for by nobody
  std::vector<NamedLoss> named{};  // parts of `lost`, as who counted names them
  bool on_purpose = false;         // a sampler says which are dropped; so its loss is none
};

/// Between two counted stages.
struct SpanLeak {
  SpanStage after = SpanStage::requests;  // the last stage that all had reached
  SpanStage at = SpanStage::received;     // by which some were gone
  std::uint64_t lost = 0, of = 0;         // spans
  std::vector<NamedLoss> named{};
};

struct SpanLedger {
  std::vector<LedgerStage> stages{};          // all that there are for this target, in order
  std::optional<SpanLeak> first_leak{};       // none: no stage loses any
  std::vector<std::string> contradictions{};  // sums that do not close, a sentence each
  std::string words{};  // of the target's SDK on exports that failed, where no named loss has them

  /// Not one stage loses spans, and the counts agree with each other.
  [[nodiscard]] bool closes() const { return !first_leak && contradictions.empty(); }
  [[nodiscard]] const LedgerStage* find(SpanStage stage) const;
};

/// What the record does not say about the way of the spans.
struct LedgerFacts {
  std::string relay{};            // the service that spans pass through; empty: none
  bool counts_all = true;         // the target's own counts are of this segment, and of all its
                                  // traced processes
  bool drops_on_purpose = false;  // a sampler, of the target or behind it, keeps only some
  bool plan_knows = true;         // false: the target samples, and what had to come is its own word
};
/// Whether a sampler of that name (OTEL_TRACES_SAMPLER) keeps all of a sampled caller's traces, or
/// none; any other drops some on purpose.
[[nodiscard]] bool keeps_all_or_none(std::string_view sampler);
[[nodiscard]] LedgerFacts ledger_facts(const Suite& suite, const TargetSpec& target,
                                       const ArmSpec& arm);

/// The sums close in this sense: over the stages that were counted from `expected` on, first count
/// - all lost + all more = last count. What cannot be, such as more exported than ended, is in
/// `contradictions`. Where nothing is known of what had to come, the walk begins with the first
/// count that there is.
[[nodiscard]] SpanLedger make_ledger(const SegmentRecord& segment, const LedgerFacts& facts);

/// What a collector says of itself, by the names of its metrics; sums over receivers and kinds.
struct CollectorCounts {
  std::uint64_t accepted = 0, refused = 0;            // by its receivers
  std::uint64_t sent = 0;                             // by the exporter that sent most
  std::uint64_t send_failed = 0, enqueue_failed = 0;  // of all exporters
  std::uint64_t queue_size = 0;                       // payloads that still wait
  std::uint64_t processor_dropped = 0;                // by processors that count it
  std::vector<std::string> exporters{};               // that have sent or failed
};
/// Of its exporters those that only print (debug, logging, nop) have sent nothing. None: there is
/// no metric of a collector among them.
[[nodiscard]] std::optional<CollectorCounts> collector_counts(const ServiceMetrics& metrics);

/// "1,096 of 4,096 spans are lost between ended and exported: 96 failed to export". Empty: no leak.
[[nodiscard]] std::string leak_sentence(const SpanLedger& ledger);

/// Of all stages: "first leak between ended and queued: 3,000 dropped by the target's queue, 96
/// failed to export". Empty: no leak, or nothing that the receipt does not say.
[[nodiscard]] std::string losses_sentence(const SpanLedger& ledger);

}  // namespace tracetax
