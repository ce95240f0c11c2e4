// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/request_ids.h"

#include <cmath>
#include <cstddef>

namespace tracetax {
namespace {

// Steps of three Weyl sequences, all odd; the first is SplitMix64's golden gamma. The difference of
// the first two is twice an odd number, which is what makes trace ids unique: if two requests j, k
// of the seeds s, t shared both halves, then s + j*a = t + k*a and s + j*b = t + k*b (mod 2^64, the
// mix being bijective), so (j - k)(a - b) = 0, so j = k (below 2^63) and s = t.
constexpr std::uint64_t kStepHigh = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kStepLow = 0xd1b54a32d192ed03;
constexpr std::uint64_t kStepSpan = 0xaef17502108ef2d9;
static_assert((kStepHigh - kStepLow) % 4 == 2);

// SplitMix64's output function (Stafford's variant 13). Bijective; only 0 maps to 0.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

void write_big_endian(std::uint64_t value, std::uint8_t* out) noexcept {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
}

std::uint64_t read_big_endian(const std::uint8_t* bytes) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

constexpr bool keeps(std::uint64_t low_half, std::uint64_t threshold) noexcept {
  return (low_half >> 1) < threshold;
}

}  // namespace

RequestIds::RequestIds(std::uint64_t seed, SampleRate rate) noexcept
    : seed_(seed), rate_(rate), threshold_(ratio_threshold(rate)) {}

TraceContext RequestIds::at(std::uint64_t k) const noexcept {
  const std::uint64_t step = k + 1;
  const std::uint64_t high = mix(seed_ + step * kStepHigh);
  std::uint64_t low = mix(seed_ + step * kStepLow);
  std::uint64_t span = mix(seed_ + step * kStepSpan);
  // An all-zero id is invalid; one request in 2^64 would have one.
  if ((high | low) == 0) low = 1;
  if (span == 0) span = 1;
  TraceContext context;
  write_big_endian(high, context.trace_id.bytes.data());
  write_big_endian(low, context.trace_id.bytes.data() + 8);
  write_big_endian(span, context.span_id.bytes.data());
  context.flags = keeps(low, threshold_) ? kSampledFlag : 0;
  return context;
}

std::uint64_t RequestIds::sampled_among(std::uint64_t count) const noexcept {
  if (rate_.share() <= 0) return 0;
  if (rate_.share() >= 1) return count;
  std::uint64_t sampled = 0;
  for (std::uint64_t step = 1; step <= count; ++step) {
    sampled += keeps(mix(seed_ + step * kStepLow), threshold_) ? 1U : 0U;
  }
  return sampled;
}

std::uint64_t ratio_threshold(SampleRate rate) noexcept {
  return static_cast<std::uint64_t>(std::ldexp(rate.share(), 63));
}

bool ratio_keeps(const TraceId& id, std::uint64_t threshold) noexcept {
  return keeps(read_big_endian(id.bytes.data() + 8), threshold);
}

std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t branch) noexcept {
  return mix(seed + (branch + 1) * kStepHigh);
}

}  // namespace tracetax
