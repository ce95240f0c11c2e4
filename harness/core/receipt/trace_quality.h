// How good the traces are that came: trees as they should be, times that can be, names that can be
// grouped by. Counted over the distinct spans of a segment; it voids nothing by itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tracetax {

struct TraceQuality {
  std::uint64_t spans = 0;  // judged: of traces that had to come; all, where that is not known
  std::uint64_t traces = 0;
  std::uint64_t traces_sampled = 0;   // that had to come; 0 also where that is not known
  std::uint64_t traces_recalled = 0;  // of these, some span came
  std::uint64_t traces_whole = 0;   // came as the expected tree: as many spans, one root, no orphan
  std::uint64_t spans_sampled = 0;  // that had to come
  std::uint64_t spans_recalled = 0;  // of these, came; no trace counts for more than it should have
  std::uint64_t orphans = 0;         // parent never came
  std::uint64_t late_parents = 0;    // the parent had ended before the span began
  std::uint64_t many_roots = 0;      // traces with more than one span whose parent is no span
                                     // of this trace
  std::uint64_t negative_durations = 0;    // ends before it begins
  std::uint64_t outside_parents = 0;       // begins before its parent
  std::uint64_t from_the_future = 0;       // begins after it had arrived
  std::uint64_t truncated = 0;             // says that attributes, events or links were dropped
  std::uint64_t raw_path_names = 0;        // named by a path with an id in it, not by a route
  std::uint64_t client_errors_marked = 0;  // server spans with status ERROR for a 4xx answer
  std::uint64_t old_conventions = 0;       // http.method, http.status_code and the like
  std::string raw_path_example{};          // one such name, at most 80 bytes
  std::string old_convention_example{};    // the old name that most of them have
  friend bool operator==(const TraceQuality&, const TraceQuality&) = default;
};

/// Negative durations, begins before the parent, begins after arrival.
[[nodiscard]] std::uint64_t clock_anomalies(const TraceQuality& quality);

/// Adds the counts; an example stays, once there is one.
void add_quality(const TraceQuality& one, TraceQuality& sum);

}  // namespace tracetax
