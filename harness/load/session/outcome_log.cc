// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/outcome_log.h"

#include <algorithm>

namespace tracetax {
std::uint8_t Outcomes::index_of(std::string_view text) {
  const auto found = std::ranges::find(texts, text);
  if (found != texts.end()) return static_cast<std::uint8_t>(found - texts.begin());
  if (texts.size() >= kNoOutcome) return kNoOutcome;
  texts.emplace_back(text);
  return static_cast<std::uint8_t>(texts.size() - 1);
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
