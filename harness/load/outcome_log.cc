// SPDX-License-Identifier: Apache-2.0
#include "harness/load/outcome_log.h"

#include <algorithm>
#include <cmath>

#include "harness/load/engine.h"

namespace tracetax {
namespace {

/// More than one thread gets answered.
constexpr double kMostClosedRate = 250'000;
/// Poisson arrivals beyond their mean: never, in practice.
constexpr double kDeviations = 10;
constexpr double kSpare = 64;

}  // namespace

std::uint8_t Outcomes::index_of(std::string_view text) {
  const auto found = std::ranges::find(texts, text);
  if (found != texts.end()) return static_cast<std::uint8_t>(found - texts.begin());
  if (texts.size() >= kNoOutcome) return kNoOutcome;
  texts.emplace_back(text);
  return static_cast<std::uint8_t>(texts.size() - 1);
}

std::size_t outcomes_kept(const LoadPhase& phase, int workers) {
  double rate = phase.rate;
  for (const RateStage& stage : phase.stages) rate = std::max(rate, stage.rate);
  rate = phase.closed ? kMostClosedRate : rate / workers;
  double most = rate * static_cast<double>(phase.duration.count()) / 1e9;
  if (!phase.closed) most += kDeviations * std::sqrt(most);
  if (phase.count) most = std::min(most, static_cast<double>(*phase.count));
  return static_cast<std::size_t>(most + kSpare);
}

OutcomeLog::OutcomeLog(std::size_t kept, int worker, int workers)
    : worker_(static_cast<std::uint64_t>(worker)), workers_(static_cast<std::uint64_t>(workers)) {
  outcomes_.of_request.assign(kept, kNoOutcome);
  outcomes_.texts.reserve(kNoOutcome);
}

bool OutcomeLog::note(std::uint64_t number, std::string_view text) {
  const std::uint64_t place = (number - worker_) / workers_;
  if (place >= outcomes_.of_request.size()) return false;
  const std::uint8_t index = outcomes_.index_of(text);
  outcomes_.of_request[place] = index;
  return index != kNoOutcome;
}

}  // namespace tracetax
