// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_policy.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

/// A percentage is divided by 100, as the real one does, so that both have the same last bit.
double share_of(std::string_view text, double parsed) {
  double percent = 0;
  if (!text.ends_with('%')) return parsed;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return percent / 100;
}

}  // namespace

std::string_view TailPolicy::name() const {
  switch (kind) {
    case Kind::error:
      return "error";
    case Kind::latency:
      return "latency";
    case Kind::ratio:
      return "ratio";
    case Kind::always:
      break;
  }
  return "always";
}

Result<TailPolicy> parse_tail_policy(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view kind = text.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  TailPolicy policy;
  if (text == "error") {
    policy.kind = TailPolicy::Kind::error;
  } else if (text == "always") {
    policy.kind = TailPolicy::Kind::always;
  } else if (kind == "latency") {
    const auto time = parse_duration(value);
    if (!time) return failure(time.error().within("latency"));
    if (time->count() % kNsPerMs != 0)
      return failure(ExitCode::usage, "latency: takes whole milliseconds, as latency=500ms");
    policy.kind = TailPolicy::Kind::latency;
    policy.longer_than = *time;
  } else if (kind == "ratio") {
    const auto rate = parse_sample_rate(value);
    if (!rate) return failure(rate.error().within("ratio"));
    policy.kind = TailPolicy::Kind::ratio;
    policy.hash_at_most = tail_ratio_threshold(share_of(value, rate->share()));
  } else {
    return failure(ExitCode::usage,
                   fmt::format("{} is no policy; there are error, latency=500ms, ratio=10% and "
                               "always",
                               quote(text)));
  }
  return policy;
}

std::uint64_t tail_ratio_threshold(double share) {
  constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  constexpr int kMantissaBits = 53, kWordBits = 64, kWideBits = 128;
  if (share >= 1) return kAll;
  if (!(share > 0)) return 0;
  int exponent = 0;
  const double fraction = std::frexp(share, &exponent);  // share = fraction * 2^exponent
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, kMantissaBits));
  // The exact product is mantissa * kAll / 2^shift. It is rounded to 64 bits, ties to even, and
  // then cut to a whole number.
  int shift = kMantissaBits - exponent;
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(mantissa) * kAll;
  const int bits =
      kWordBits +
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(product >> kWordBits)));
  const int excess = bits - kWordBits;
  const Wide half = static_cast<Wide>(1) << static_cast<unsigned>(excess - 1);
  const Wide rest = product & ((half << 1U) - 1);
  product >>= static_cast<unsigned>(excess);
  if (rest > half || (rest == half && (product & 1U) != 0)) ++product;
  shift -= excess;
  return shift >= kWideBits ? 0
                            : static_cast<std::uint64_t>(product >> static_cast<unsigned>(shift));
}

std::uint64_t tail_hash(std::string_view salt, const TraceId& id) {
  constexpr std::uint64_t kBasis = 14695981039346656037ULL, kPrime = 1099511628211ULL;
  std::uint64_t hash = kBasis;
  for (const char c : salt) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  for (const std::uint8_t byte : id.bytes) hash = (hash ^ byte) * kPrime;
  return hash;
}

void TraceSummary::add(const TracePiece& piece) {
  spans += piece.spans.size();
  has_error = has_error || piece.has_error;
  for (const SpanTimes& span : piece.spans) {
    if (first_start_ == 0 || span.start_unix_ns < first_start_) first_start_ = span.start_unix_ns;
    if (last_end_ == 0 || span.end_unix_ns > last_end_) last_end_ = span.end_unix_ns;
    const auto lasted = static_cast<std::int64_t>(last_end_ - first_start_);
    longest_ms = std::max(longest_ms, lasted / kNsPerMs);
  }
}

bool keeps(const TailPolicy& policy, const TraceId& id, const TraceSummary& trace) {
  switch (policy.kind) {
    case TailPolicy::Kind::error:
      return trace.has_error;
    case TailPolicy::Kind::latency:
      return trace.longest_ms > policy.longer_than.count() / kNsPerMs;
    case TailPolicy::Kind::ratio:
      return tail_hash(policy.salt, id) <= policy.hash_at_most;
    case TailPolicy::Kind::always:
      break;
  }
  return true;
}

}  // namespace tracetax
