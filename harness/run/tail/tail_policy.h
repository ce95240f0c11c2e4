// What a tail sampler keeps: policies, each of which says yes or no to a trace. They are those of
// the Collector's tailsamplingprocessor 0.161.0 (internal/sampling: status_code.go, latency.go,
// probabilistic.go, always_sample.go) without its feature gates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/run/tail/trace_piece.h"

namespace tracetax {

/// `hash_salt` of the real one where nobody sets it.
inline constexpr std::string_view kTailHashSalt = "default-hash-seed";

struct TailPolicy {
  enum class Kind { error, latency, ratio, always };
  Kind kind = Kind::always;
  Nanos longer_than{0};                         // of latency; whole milliseconds
  std::uint64_t hash_at_most = 0;               // of ratio
  std::string salt{kTailHashSalt};              // of ratio
  [[nodiscard]] std::string_view name() const;  // in its numbers: the kind
};

/// "error", "latency=500ms", "ratio=10%" or "always".
[[nodiscard]] Result<TailPolicy> parse_tail_policy(std::string_view text);

/// The highest hash that is kept: `share` of 2^64 - 1, as Go's big.Float of 64 bits multiplies.
[[nodiscard]] std::uint64_t tail_ratio_threshold(double share);
/// FNV-1a of 64 bits over the salt and the id.
[[nodiscard]] std::uint64_t tail_hash(std::string_view salt, const TraceId& id);

/// What the policies look at, gathered as the spans come.
struct TraceSummary {
  std::uint64_t spans = 0;
  bool has_error = false;
  /// From the first start to the last end, in milliseconds, at its most while the spans came. (It
  /// grows, unless a span has no times.)
  std::int64_t longest_ms = 0;

  void add(const TracePiece& piece);

 private:
  std::uint64_t first_start_ = 0, last_end_ = 0;  // 0: none yet
};

[[nodiscard]] bool keeps(const TailPolicy& policy, const TraceId& id, const TraceSummary& trace);

}  // namespace tracetax
