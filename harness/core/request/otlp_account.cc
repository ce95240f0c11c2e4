// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/otlp_account.h"

#include <algorithm>
#include <array>

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 11> kRetryable{
    "status_429",  "status_502",        "status_503",        "status_504",
    "CANCELLED",   "DEADLINE_EXCEEDED", "ABORTED",           "OUT_OF_RANGE",
    "UNAVAILABLE", "DATA_LOSS",         "RESOURCE_EXHAUSTED"};

std::optional<double> share_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<double> OtlpAccount::compression_ratio() const {
  return share_of(bytes_made, bytes_packed);
}

std::optional<double> OtlpAccount::bytes_per_span() const {
  return share_of(bytes_sent, spans_sent);
}

void OtlpAccount::merge(const OtlpAccount& other) {
  spans_sent += other.spans_sent;
  spans_accepted += other.spans_accepted;
  spans_rejected += other.spans_rejected;
  partial_successes += other.partial_successes;
  warnings += other.warnings;
  for (const auto& [kind, count] : other.retryable) retryable[kind] += count;
  bytes_made += other.bytes_made;
  bytes_packed += other.bytes_packed;
  bytes_sent += other.bytes_sent;
  making_ns += other.making_ns;
  if (message.empty()) message = other.message;
}

bool is_retryable(std::string_view error_kind) {
  return std::ranges::find(kRetryable, error_kind) != kRetryable.end();
}

}  // namespace tracetax
