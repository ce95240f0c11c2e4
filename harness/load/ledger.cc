// SPDX-License-Identifier: Apache-2.0
#include "harness/load/ledger.h"

#include <algorithm>
#include <cmath>

namespace tracetax {
namespace {

constexpr std::size_t kListedMax = 1'000'000;

void note(LoadResult& result, std::vector<std::uint64_t>& list, std::uint64_t number) noexcept {
  if (result.not_sent.size() + result.uncertain.size() < kListedMax) {
    list.push_back(number);
  } else {
    ++result.exceptions_lost;
  }
}

void add(ResponseSum& total, const ResponseSum& part) noexcept {
  total.count += part.count;
  total.total += part.total;
  total.squares += part.squares;
}

struct Mean {
  double value, variance;
};

Mean mean_of(const ResponseSum& sum) noexcept {
  const auto n = static_cast<double>(sum.count);
  const double mean = sum.total / n;
  return {mean, std::max(0.0, sum.squares / n - mean * mean) / n};
}

/// What adds up whether the parts ran side by side or one after another.
void add_counts(LoadResult& total, const LoadResult& part) {
  total.sent += part.sent;
  total.ok += part.ok;
  total.late += part.late;
  total.reconnects += part.reconnects;
  total.retries += part.retries;
  total.bytes_sent += part.bytes_sent;
  total.bytes_received += part.bytes_received;
  if (part.otlp) {
    if (!total.otlp) total.otlp.emplace();
    total.otlp->merge(*part.otlp);
  }
  for (const auto& [kind, count] : part.errors) total.errors[kind] += count;
  total.exceptions_lost += part.exceptions_lost;
  total.cpu += part.cpu;
  total.cpu_spinning += part.cpu_spinning;
  total.machine_stalls += part.machine_stalls;
  total.machine_stalled += part.machine_stalled;
  total.times.merge(part.times);
  total.lay_unread.merge(part.lay_unread);
  if (total.redirected_to.empty()) total.redirected_to = part.redirected_to;
  if (total.stages.empty()) {
    total.stages = part.stages;
  } else {
    for (std::size_t i = 0; i < part.stages.size(); ++i) {
      total.stages[i].ok += part.stages[i].ok;
      total.stages[i].response.merge(part.stages[i].response);
    }
  }
  add(total.first_half, part.first_half);
  add(total.second_half, part.second_half);
}

/// Those of a worker, whose numbers are worker, worker + step, ...
void add_outcomes(LoadResult& total, const Outcomes& part, std::uint64_t worker,
                  std::uint64_t step) {
  if (!total.outcomes) total.outcomes.emplace();
  total.outcomes->of_request.resize(total.due, kNoOutcome);
  for (std::uint64_t i = 0, k = worker; i < part.of_request.size() && k < total.due;
       ++i, k += step) {
    if (part.of_request[i] == kNoOutcome) continue;
    std::uint8_t& of_request = total.outcomes->of_request[k];
    of_request = total.outcomes->index_of(part.texts[part.of_request[i]]);
    if (of_request != kNoOutcome) continue;  // fits with those of the other workers
    ++total.errors["too_many_outcomes"];
    --total.ok;
    note_uncertain(total, k);
  }
}

void add_worker(LoadResult& total, const LoadResult& part) {
  add_counts(total, part);
  total.due = std::max(total.due, part.due);
  total.elapsed = std::max(total.elapsed, part.elapsed);
  for (const std::uint64_t number : part.not_sent) note_not_sent(total, number);
  for (const std::uint64_t number : part.uncertain) note_uncertain(total, number);
}

}  // namespace

void note_not_sent(LoadResult& result, std::uint64_t number) noexcept {
  note(result, result.not_sent, number);
}

void note_uncertain(LoadResult& result, std::uint64_t number) noexcept {
  note(result, result.uncertain, number);
}

LoadResult add_up(std::span<const LoadResult* const> parts) {
  LoadResult total;
  for (const LoadResult* part : parts) add_worker(total, *part);
  const std::uint64_t step = parts.size();
  for (std::uint64_t w = 0; w < step; ++w) {
    if (parts[w]->outcomes) add_outcomes(total, *parts[w]->outcomes, w, step);
  }
  for (std::uint64_t w = 0; w < step; ++w) {
    const std::uint64_t own_end = parts[w]->due;  // one past its greatest number; 0: it made none
    for (std::uint64_t k = own_end == 0 ? w : own_end - 1 + step; k < total.due; k += step) {
      note_not_sent(total, k);
    }
  }
  return total;
}

void add_later_phase(LoadResult& total, const LoadResult& phase) {
  add_counts(total, phase);
  total.due += phase.due;
  total.elapsed += phase.elapsed;
  total.length += phase.length;
  total.asked_rate = phase.asked_rate;
  if (total.length > Nanos{0})
    total.achieved_rate =
        static_cast<double>(total.ok) / (static_cast<double>(total.length.count()) / 1e9);
}

double falling_behind(const LoadResult& slices, Nanos slice) {
  if (slices.first_half.count == 0 || slices.second_half.count == 0) return 0;
  const Mean first = mean_of(slices.first_half);
  const Mean second = mean_of(slices.second_half);
  const double chance = 3 * std::sqrt(first.variance + second.variance);
  const double half_ns = static_cast<double>(slice.count()) / 2;
  return std::max(0.0, (second.value - first.value - chance) / half_ns);
}

}  // namespace tracetax
