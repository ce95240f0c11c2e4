// SPDX-License-Identifier: Apache-2.0
#include "harness/load/arrival_stream.h"

#include <cmath>

#include "harness/core/request/request_ids.h"

namespace tracetax {

ArrivalStream::ArrivalStream(Arrivals arrivals, double rate, std::uint64_t seed, int worker,
                             int workers)
    : arrivals_(arrivals),
      gap_ns_(1e9 / rate * (arrivals == Arrivals::poisson ? workers : 1)),
      seed_(derive_seed(seed, static_cast<std::uint64_t>(worker))),
      number_(static_cast<std::uint64_t>(worker)),
      step_(static_cast<std::uint64_t>(workers)) {
  if (arrivals_ == Arrivals::poisson) sum_ns_ = exponential_gap_ns();
  due_ns_ = arrivals_ == Arrivals::poisson ? std::llround(sum_ns_)
                                           : std::llround(static_cast<double>(number_) * gap_ns_);
}

double ArrivalStream::exponential_gap_ns() noexcept {
  // 53 random bits, moved off zero so that the logarithm is finite: a gap of at most 37 means.
  const double uniform =
      (static_cast<double>(derive_seed(seed_, drawn_++) >> 11) + 0.5) * 0x1.0p-53;
  return -std::log(uniform) * gap_ns_;
}

void ArrivalStream::advance() noexcept {
  number_ += step_;
  if (arrivals_ == Arrivals::poisson) {
    sum_ns_ += exponential_gap_ns();
    due_ns_ = std::llround(sum_ns_);
  } else {
    due_ns_ = std::llround(static_cast<double>(number_) * gap_ns_);
  }
}

}  // namespace tracetax
