// When requests are due: constant and Poisson arrivals in nanoseconds from the start of a phase, as
// a function of seed and number alone, so that every arm of a block gets the same plan.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "harness/core/request/arrivals.h"
#include "harness/core/request/rate_curve.h"

namespace tracetax {

/// Number `number` of the draws from an exponential distribution with mean 1 that `seed` names; at
/// most 37.
[[nodiscard]] double exponential_draw(std::uint64_t seed, std::uint64_t number) noexcept;

/// The due times of one worker's share. With T workers, worker w makes the requests w, w+T, w+2T,
/// ... Constant: request k of the whole is due at k/rate, in closed form (no drift). Poisson: each
/// worker has an independent stream at rate/T; their superposition is a Poisson stream at `rate`
/// (exactly).
class ArrivalStream {
 public:
  /// `rate` > 0 requests/s of all workers; 0 <= worker < workers.
  ArrivalStream(Arrivals arrivals, double rate, std::uint64_t seed, int worker, int workers);

  /// At a rate that changes. Constant: request k is due when the curve has come to k. Poisson: the
  /// same, of arrivals at one request per request of the curve, which is exact.
  ArrivalStream(Arrivals arrivals, const RateCurve& curve, std::uint64_t seed, int worker,
                int workers);

  /// Due time of the next request, ns since the phase began. Does not advance.
  [[nodiscard]] std::int64_t due_ns() const noexcept { return due_ns_; }
  /// Number of the next request in the whole phase.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  void advance() noexcept;

 private:
  ArrivalStream(Arrivals arrivals, std::optional<RateCurve> curve, double gap, std::uint64_t seed,
                int worker, int workers);
  void set_due() noexcept;

  Arrivals arrivals_;
  std::optional<RateCurve> curve_;
  // Mean, between requests of the whole (constant) or of this worker (Poisson); in ns, or of a
  // curve in requests.
  double gap_;
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  std::uint64_t number_;
  std::uint64_t step_;
  double sum_ = 0;  // Poisson: of the gaps, unrounded, so that rounding does not add up
  std::int64_t due_ns_ = 0;
};

}  // namespace tracetax
