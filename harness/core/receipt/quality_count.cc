// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/quality_count.h"

#include <algorithm>

namespace tracetax {
namespace {

constexpr std::uint64_t kCoarsestClockNs = 1'000'000;
constexpr std::uint64_t kBetweenClocksNs = 1'000'000;
constexpr std::uint64_t kFinerBy = 10;

/// The coarsest power of ten, at most `coarsest`, that this stamp is a multiple of.
[[nodiscard]] std::uint64_t fits_clock(std::uint64_t stamp_ns, std::uint64_t coarsest) {
  while (coarsest > 1 && stamp_ns % coarsest != 0) coarsest /= kFinerBy;
  return coarsest;
}

/// How much later; 0: not at all. Stamps may be anything.
[[nodiscard]] std::uint64_t after(std::uint64_t later_ns, std::uint64_t earlier_ns) {
  return later_ns > earlier_ns ? later_ns - earlier_ns : 0;
}

[[nodiscard]] bool is_message(const SpanSeen& span, const SpanSeen& parent) {
  return kind_of(span.marks) == SeenKind::consumer || kind_of(parent.marks) == SeenKind::producer;
}

}  // namespace

QualityCount::QualityCount(std::span<const SpanSeen* const> spans) {
  for (const SpanSeen* span : spans) {
    if (span->service >= resolution_ns_.size())
      resolution_ns_.resize(span->service + std::size_t{1}, kCoarsestClockNs);
    std::uint64_t& resolution = resolution_ns_[span->service];
    resolution = fits_clock(span->start_unix_ns, fits_clock(span->end_unix_ns, resolution));
  }
}

std::uint64_t QualityCount::resolution_ns(const SpanSeen& left, const SpanSeen& right) const {
  if (left.service == right.service) return resolution_ns_[left.service];
  return std::max({kBetweenClocksNs, resolution_ns_[left.service], resolution_ns_[right.service]});
}

void QualityCount::add_times(const SpanSeen& span, const SpanSeen* parent, bool late_on_purpose) {
  // An end of 0: it does not say when.
  if (span.end_unix_ns != 0 && span.end_unix_ns < span.start_unix_ns) ++sum_.negative_durations;
  const std::uint64_t at_sink = std::max(kBetweenClocksNs, resolution_ns_[span.service]);
  if (span.arrived_unix_ns != 0 && after(span.start_unix_ns, span.arrived_unix_ns) > at_sink)
    ++sum_.from_the_future;
  if (parent == nullptr) return;
  const std::uint64_t beyond = resolution_ns(span, *parent);
  if (after(parent->start_unix_ns, span.start_unix_ns) > beyond) ++sum_.outside_parents;
  const bool accused = !late_on_purpose && !is_message(span, *parent) && parent->end_unix_ns != 0;
  if (accused && after(span.start_unix_ns, parent->end_unix_ns) > beyond) ++sum_.late_parents;
}

void QualityCount::add_marks(const SpanSeen& span) {
  const auto has = [&span](std::uint16_t mark) { return (span.marks & mark) != 0 ? 1U : 0U; };
  sum_.truncated += has(span_mark::kTruncated);
  sum_.raw_path_names += has(span_mark::kRawPathName);
  sum_.client_errors_marked += has(span_mark::kClientErrorMarked);
  sum_.old_conventions += has(span_mark::kOldName);
  ++old_names_[(span.marks & span_mark::kOldName) >> span_mark::kOldNameShift];
}

void QualityCount::add(std::span<const SpanSeen* const> trace, const PlannedTree* plan) {
  std::uint64_t roots = 0, orphans = 0;
  for (const SpanSeen* span : trace) {
    const SpanId& id = span->parent_span_id;
    const SpanSeen* parent = nullptr;
    if (id.valid() && (plan == nullptr || id != plan->caller)) {
      const auto found = std::lower_bound(trace.begin(), trace.end(), id,
                                          [](const SpanSeen* candidate, const SpanId& wanted) {
                                            return candidate->span_id < wanted;
                                          });
      if (found != trace.end() && (*found)->span_id == id) parent = *found;
      orphans += parent == nullptr ? 1 : 0;
    }
    roots += parent == nullptr ? 1 : 0;
    add_times(*span, parent, plan != nullptr && plan->late_on_purpose);
    add_marks(*span);
  }
  sum_.spans += trace.size();
  ++sum_.traces;
  sum_.orphans += orphans;
  sum_.many_roots += roots > 1 ? 1 : 0;
  if (plan == nullptr) return;
  ++sum_.traces_recalled;
  sum_.spans_recalled += std::min<std::uint64_t>(trace.size(), plan->spans);
  // One that is its own parent, or a circle, has no root.
  const bool whole = trace.size() == plan->spans && roots == 1 && orphans == 0;
  sum_.traces_whole += whole ? 1 : 0;
}

TraceQuality QualityCount::total() const {
  TraceQuality total = sum_;
  // The first is no name: spans without one.
  const auto most = std::max_element(old_names_.begin() + 1, old_names_.end());
  const auto number = static_cast<std::uint16_t>(most - old_names_.begin());
  const auto mark = static_cast<std::uint16_t>(number << span_mark::kOldNameShift);
  if (*most > 0 && old_name_of(mark) != nullptr)
    total.old_convention_example = old_name_of(mark)->old;
  return total;
}

std::uint64_t clock_anomalies(const TraceQuality& quality) {
  return quality.negative_durations + quality.outside_parents + quality.from_the_future;
}

void add_quality(const TraceQuality& one, TraceQuality& sum) {
  sum.spans += one.spans;
  sum.traces += one.traces;
  sum.traces_sampled += one.traces_sampled;
  sum.traces_recalled += one.traces_recalled;
  sum.traces_whole += one.traces_whole;
  sum.spans_sampled += one.spans_sampled;
  sum.spans_recalled += one.spans_recalled;
  sum.orphans += one.orphans;
  sum.late_parents += one.late_parents;
  sum.many_roots += one.many_roots;
  sum.negative_durations += one.negative_durations;
  sum.outside_parents += one.outside_parents;
  sum.from_the_future += one.from_the_future;
  sum.truncated += one.truncated;
  sum.raw_path_names += one.raw_path_names;
  sum.client_errors_marked += one.client_errors_marked;
  sum.old_conventions += one.old_conventions;
  if (sum.raw_path_example.empty()) sum.raw_path_example = one.raw_path_example;
  if (sum.old_convention_example.empty()) sum.old_convention_example = one.old_convention_example;
}

}  // namespace tracetax
