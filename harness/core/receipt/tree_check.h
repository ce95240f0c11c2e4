// Compares the traces of a segment with the trees of spans that a topology promises, and finds the
// traces that are linked to them. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/core/receipt/planned_traces.h"
#include "harness/core/receipt/receipt.h"
#include "harness/core/topology/tree_shape.h"

namespace tracetax {

/// What must come of a tree and of the traces that are linked to it.
struct TreeSize {
  std::uint64_t spans = 0;    // those of batches aside
  std::uint64_t traces = 1;   // the same
  std::uint64_t links = 0;    // those of batches too
  std::uint64_t servers = 0;  // spans of kind SERVER
};
[[nodiscard]] TreeSize size_of(const SpanTree& tree);
/// Whether messages are handled in batches: how many spans come of these nobody knows.
[[nodiscard]] bool has_batches(const SpanTree& tree);

/// First add() the requests' own traces, then judge() all others.
class TreeCheck {
 public:
  using SpansOfTrace = std::span<const SpanSeen* const>;  // distinct, ordered by span id
  /// `all`: what the numbers of TreeFacts count. `came`: the distinct ones, ordered by trace and
  /// span id. All of them must outlive it.
  TreeCheck(const ExpectedSpans& expected, const PlannedTraces& planned,
            std::span<const SpanSeen> all, const std::vector<const SpanSeen*>& came,
            const ServiceNames& services, const TreeFacts& facts);

  /// The trace of a certain request.
  void add(SpansOfTrace trace, const PlannedTrace& plan);

  struct Linked {
    enum class Kind {
      foreign,    // nothing leads to a request, or not as its tree says
      uncertain,  // linked to an uncertain request's
      expected,   // its tree says that it comes
      batch       // its tree says that its links come: with how many traces nobody knows
    };
    Kind kind = Kind::foreign;
    std::uint64_t spans = 0;  // that it should have
  };
  /// Of each of these traces, which are no request's own.
  [[nodiscard]] std::vector<Linked> judge(const std::vector<SpansOfTrace>& traces);

  /// How many requests this trace's spans stand for (ExpectedSpans::counted). The sums add up.
  std::uint64_t count(SpansOfTrace trace);

  [[nodiscard]] const TreeAccount& account() const { return account_; }

 private:
  /// A trace that others are linked to.
  struct Host {
    const SpanTree* tree = nullptr;
    std::string request;
    bool uncertain = false;
    SpansOfTrace trace;
    std::vector<std::uint64_t> paths;  // of its spans; empty: not all came
    std::vector<SpanId> taken;         // of each linked tree: by a link to this span; zero: not yet
  };

  void expect();
  [[nodiscard]] const TreeShape& shape_of_tree(const SpanTree& tree);
  [[nodiscard]] std::vector<ShapeSpan> shapes_of(SpansOfTrace trace, const SpanId& caller) const;
  [[nodiscard]] std::vector<TreeSpan> texts_of(SpansOfTrace trace, const SpanId& caller) const;
  [[nodiscard]] std::span<const SeenLink> links_of(SpansOfTrace trace) const;
  void add_host(const TraceId& id, Host host, const SpanId& caller);
  [[nodiscard]] Host* host_of(const TraceId& id);
  [[nodiscard]] std::optional<std::size_t> claim(Host& host, const SpanId& linked_to,
                                                 std::uint64_t root, std::uint64_t shape);
  [[nodiscard]] Linked judge_one(SpansOfTrace trace);
  [[nodiscard]] Linked judge_batch(SpansOfTrace trace, const SpanTree& one, std::size_t messages,
                                   std::uint64_t shape, bool wrong_link);
  void compare(SpansOfTrace trace, const SpanId& caller, const SpanTree& tree,
               const std::string& request);
  void note_wrong(const std::string& request, const TraceId& trace, const std::string& what);

  const ExpectedSpans& expected_;
  const PlannedTraces& planned_;
  std::span<const SpanSeen> all_;
  const std::vector<const SpanSeen*>& came_;
  const ServiceNames& services_;
  const TreeFacts& facts_;
  std::vector<std::uint64_t> service_hashes_, name_hashes_;
  std::unordered_map<const SpanTree*, TreeShape> shapes_;
  std::unordered_map<TraceId, Host, PlannedTraceHash> hosts_;
  TreeAccount account_;
};

}  // namespace tracetax
