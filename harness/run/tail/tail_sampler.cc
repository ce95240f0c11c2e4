// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_sampler.h"

#include <algorithm>
#include <utility>

namespace tracetax {
namespace {

void count_age(TailCounts::Ages& ages, TailSampler::Time from, TailSampler::Time now) {
  ++ages.count;
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - from).count();
  ages.seconds += static_cast<std::uint64_t>(std::max<std::int64_t>(age, 0));
}

}  // namespace

TailSampler::TailSampler(TailRules rules, PassOn pass_on)
    : rules_(std::move(rules)),
      pass_on_(std::move(pass_on)),
      waiting_(static_cast<std::size_t>(
          std::max<std::int64_t>(std::chrono::seconds(rules_.decision_wait).count(), 1))),
      sampled_(rules_.sampled_cache_size),
      not_sampled_(rules_.not_sampled_cache_size) {
  counts_.by_policy.resize(rules_.policies.size());
}

void TailSampler::add(TracePiece piece, Time now) {
  counts_.spans_in += piece.spans.size();
  if (known_to_cache(piece)) return;
  auto found = traces_.find(piece.trace_id);
  if (found == traces_.end()) {
    if (traces_.size() >= rules_.num_traces) remove(traces_.find(order_.front()), now);
    found = traces_.try_emplace(piece.trace_id).first;
    found->second.came = now;
    found->second.place = order_.insert(order_.end(), piece.trace_id);
    newest_.push_back(piece.trace_id);
    ++counts_.new_traces;
  }
  Trace& trace = found->second;
  if (trace.decision == Decision::none) {
    trace.summary.add(piece);
    trace.bytes += piece.bytes;
    bytes_held_ += piece.bytes.size();
    return;
  }
  if (trace.decision == Decision::sampled) pass_on(piece.bytes, piece.spans.size());
  count_age(counts_.late_spans, trace.decided, now);
}

void TailSampler::tick(Time now) {
  Batch first = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_.push_back(std::exchange(newest_, {}));
  decide(std::move(first), now);
}

void TailSampler::end(Time now) {
  for (Batch& batch : waiting_) decide(std::exchange(batch, {}), now);
  decide(std::exchange(newest_, {}), now);
}

bool TailSampler::known_to_cache(const TracePiece& piece) {
  if (sampled_.find(piece.trace_id)) {
    pass_on(piece.bytes, piece.spans.size());
    counts_.cached_spans.sampled += piece.spans.size();
    return true;
  }
  if (!not_sampled_.find(piece.trace_id)) return false;
  counts_.cached_spans.not_sampled += piece.spans.size();
  return true;
}

void TailSampler::decide(Batch batch, Time now) {
  // A trace that was pushed out and came again may stand there twice, and counts once.
  std::ranges::sort(batch);
  const auto [end_of_ids, end] = std::ranges::unique(batch);
  batch.erase(end_of_ids, end);
  for (const TraceId& id : batch) {
    const auto found = traces_.find(id);
    if (found == traces_.end()) {
      ++counts_.dropped_too_early;
      continue;
    }
    Trace& trace = found->second;
    // It was pushed out, came again, and was decided with the batch of its first coming.
    if (trace.decision != Decision::none) continue;
    trace.decision = decide(id, trace.summary);
    trace.decided = now;
    release(found, now);
  }
}

TailSampler::Decision TailSampler::decide(const TraceId& id, const TraceSummary& trace) {
  bool kept = false;
  for (std::size_t i = 0; i < rules_.policies.size(); ++i) {
    const bool yes = keeps(rules_.policies[i], id, trace);
    ++(yes ? counts_.by_policy[i].sampled : counts_.by_policy[i].not_sampled);
    kept = kept || yes;
  }
  ++(kept ? counts_.traces.sampled : counts_.traces.not_sampled);
  return kept ? Decision::sampled : Decision::not_sampled;
}

void TailSampler::release(Traces::iterator found, Time now) {
  Trace& trace = found->second;
  const bool kept = trace.decision == Decision::sampled;
  bytes_held_ -= trace.bytes.size();
  const std::string bytes = std::exchange(trace.bytes, {});
  DecisionCache& cache = kept ? sampled_ : not_sampled_;
  cache.put(found->first);
  if (kept) pass_on(bytes, trace.summary.spans);
  if (cache.find(found->first)) remove(found, now);
}

void TailSampler::remove(Traces::iterator trace, Time now) {
  count_age(counts_.removed_traces, trace->second.came, now);
  bytes_held_ -= trace->second.bytes.size();
  order_.erase(trace->second.place);
  traces_.erase(trace);
}

void TailSampler::pass_on(std::string_view bytes, std::uint64_t spans) {
  counts_.spans_out += spans;
  pass_on_(bytes, spans);
}

}  // namespace tracetax
