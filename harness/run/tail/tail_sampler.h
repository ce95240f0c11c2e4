// Gathers the spans of traces, waits, and decides which traces are passed on, as the Collector's
// tailsamplingprocessor 0.161.0 does with the strategy "trace-complete" (processor.go,
// internal/idbatcher). Knows no clock and no socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/run/tail/decision_cache.h"
#include "harness/run/tail/tail_policy.h"
#include "harness/run/tail/trace_piece.h"

namespace tracetax {

struct TailRules {
  /// At the tick after so many whole seconds, at least one, a trace is decided: it waits between
  /// this and a second more.
  std::chrono::seconds decision_wait{30};
  std::size_t num_traces = 50'000;         // in memory, decided ones too; 1 or more
  std::size_t sampled_cache_size = 0;      // ids of traces that were passed on
  std::size_t not_sampled_cache_size = 0;  // and of those that were not
  std::vector<TailPolicy> policies;        // one yes keeps a trace
};

/// Since the start.
struct TailCounts {
  struct Decisions {
    std::uint64_t sampled = 0, not_sampled = 0;
  };
  std::uint64_t spans_in = 0, spans_out = 0;
  std::uint64_t new_traces = 0;
  Decisions traces;                  // all policies together
  std::vector<Decisions> by_policy;  // in their order
  std::uint64_t dropped_too_early = 0;
  Decisions cached_spans;  // of traces that a decision cache knew
  struct Ages {
    std::uint64_t count = 0, seconds = 0;  // whole ones, summed
  };
  Ages late_spans;      // pieces that came after the decision: how long after
  Ages removed_traces;  // how long they were in memory
};

/// One thread. What it does when more is sent than fits, and when spans are late:
/// - A new trace above num_traces pushes out the oldest one, decided or not. An undecided one is
///   lost: the tick at which it would be decided counts it as dropped too early.
/// - A span that comes after the decision shares its trace's fate as long as the trace is in memory
///   or in a cache. Later it is a new trace, of which is decided again.
/// - With a cache a decided trace leaves the memory at once. Without, it stays until it is pushed
///   out.
class TailSampler {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Takes what is passed on: TracePiece::bytes of several pieces of one trace, in a row.
  using PassOn = std::function<void(std::string_view bytes, std::uint64_t spans)>;
  TailSampler(TailRules rules, PassOn pass_on);

  void add(TracePiece piece, Time now);
  /// To be called once a second.
  void tick(Time now);
  /// Decides on all that wait by what they have. Nothing may come after it.
  void end(Time now);

  [[nodiscard]] const TailCounts& counts() const { return counts_; }
  [[nodiscard]] const TailRules& rules() const { return rules_; }
  [[nodiscard]] std::size_t traces_in_memory() const { return traces_.size(); }
  /// Of the spans that wait.
  [[nodiscard]] std::size_t bytes_held() const { return bytes_held_; }

 private:
  enum class Decision : std::uint8_t { none, sampled, not_sampled };
  struct Trace {
    Decision decision = Decision::none;
    TraceSummary summary;
    std::string bytes;
    Time came, decided;
    std::list<TraceId>::iterator place;  // in order_
  };
  using Traces = std::unordered_map<TraceId, Trace, TraceIdHash>;
  using Batch = std::vector<TraceId>;  // an id may stand there twice

  [[nodiscard]] bool known_to_cache(const TracePiece& piece);
  void decide(Batch batch, Time now);
  [[nodiscard]] Decision decide(const TraceId& id, const TraceSummary& trace);
  void release(Traces::iterator trace, Time now);
  void remove(Traces::iterator trace, Time now);
  void pass_on(std::string_view bytes, std::uint64_t spans);

  TailRules rules_;
  PassOn pass_on_;
  Traces traces_;
  std::list<TraceId> order_;   // the first to come first
  std::deque<Batch> waiting_;  // the next to be decided first
  Batch newest_;
  DecisionCache sampled_, not_sampled_;
  TailCounts counts_;
  std::size_t bytes_held_ = 0;
};

}  // namespace tracetax
