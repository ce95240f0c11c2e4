// SPDX-License-Identifier: Apache-2.0
#include "harness/load/arrival_stream.h"

#include <cmath>
#include <utility>

#include "harness/core/request/request_ids.h"

namespace tracetax {

double exponential_draw(std::uint64_t seed, std::uint64_t number) noexcept {
  // 53 random bits, moved off zero so that the logarithm is finite.
  return -std::log((static_cast<double>(derive_seed(seed, number) >> 11) + 0.5) * 0x1.0p-53);
}

ArrivalStream::ArrivalStream(Arrivals arrivals, double rate, std::uint64_t seed, int worker,
                             int workers)
    : ArrivalStream(arrivals, std::nullopt, 1e9 / rate, seed, worker, workers) {}

ArrivalStream::ArrivalStream(Arrivals arrivals, const RateCurve& curve, std::uint64_t seed,
                             int worker, int workers)
    : ArrivalStream(arrivals, std::optional(curve), 1, seed, worker, workers) {}

ArrivalStream::ArrivalStream(Arrivals arrivals, std::optional<RateCurve> curve, double gap,
                             std::uint64_t seed, int worker, int workers)
    : arrivals_(arrivals),
      curve_(std::move(curve)),
      gap_(gap * (arrivals == Arrivals::poisson ? workers : 1)),
      seed_(derive_seed(seed, static_cast<std::uint64_t>(worker))),
      number_(static_cast<std::uint64_t>(worker)),
      step_(static_cast<std::uint64_t>(workers)) {
  if (arrivals_ == Arrivals::poisson) sum_ = gap_ * exponential_draw(seed_, drawn_++);
  set_due();
}

void ArrivalStream::set_due() noexcept {
  const double at = arrivals_ == Arrivals::poisson ? sum_ : static_cast<double>(number_) * gap_;
  due_ns_ = curve_ ? curve_->due_ns(at) : std::llround(at);
}

void ArrivalStream::advance() noexcept {
  number_ += step_;
  if (arrivals_ == Arrivals::poisson) sum_ += gap_ * exponential_draw(seed_, drawn_++);
  set_due();
}

}  // namespace tracetax
