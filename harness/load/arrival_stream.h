// When requests are due: constant and Poisson arrivals in nanoseconds from the start of a phase, as
// a function of seed and number alone, so that every arm of a block gets the same plan.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "harness/core/request/arrivals.h"

namespace tracetax {

/// The due times of one worker's share. With T workers, worker w makes the requests w, w+T, w+2T,
/// ... Constant: request k of the whole is due at k/rate, in closed form (no drift). Poisson: each
/// worker has an independent stream at rate/T; their superposition is a Poisson stream at `rate`
/// (exactly).
class ArrivalStream {
 public:
  /// `rate` > 0 requests/s of all workers; 0 <= worker < workers.
  ArrivalStream(Arrivals arrivals, double rate, std::uint64_t seed, int worker, int workers);

  /// Due time of the next request, ns since the phase began. Does not advance.
  [[nodiscard]] std::int64_t due_ns() const noexcept { return due_ns_; }
  /// Number of the next request in the whole phase.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  void advance() noexcept;

 private:
  [[nodiscard]] double exponential_gap_ns() noexcept;

  Arrivals arrivals_;
  double gap_ns_;  // mean, between requests of the whole (constant) or of this worker (Poisson)
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  std::uint64_t number_;
  std::uint64_t step_;
  double sum_ns_ = 0;  // Poisson: the unrounded time, so that rounding does not add up
  std::int64_t due_ns_ = 0;
};

}  // namespace tracetax
