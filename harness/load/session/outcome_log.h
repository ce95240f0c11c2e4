// Which branches each request took, as its answer said in X-Outcome: one byte for each request that
// may come, in memory that is there before the phase begins.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

/// Of a number: its request was not answered as expected.
inline constexpr std::uint8_t kNoOutcome = 255;

/// What LoadResult keeps of it.
struct Outcomes {
  std::vector<std::string> texts;        // distinct ones, at most kNoOutcome; "" is one
  std::vector<std::uint8_t> of_request;  // by number: an index into `texts`, or kNoOutcome

  /// The index of a text, which is kept if it is new; kNoOutcome: there are too many. Allocates
  /// where it is new.
  [[nodiscard]] std::uint8_t index_of(std::string_view text);
};

/// Those of one worker, the `worker`th of `workers`, whose numbers are worker, worker + workers,
/// ...
class OutcomeLog {
 public:
  OutcomeLog() = default;
  /// Room for so many requests.
  OutcomeLog(std::size_t kept, int worker, int workers);
  /// False: it found no place.
  [[nodiscard]] bool note(std::uint64_t number, std::string_view text);
  /// By place: of number worker + place * workers.
  [[nodiscard]] const Outcomes& outcomes() const noexcept { return outcomes_; }

 private:
  std::uint64_t worker_ = 0, workers_ = 1;
  Outcomes outcomes_;
};

}  // namespace tracetax
