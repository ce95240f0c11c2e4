// Which formats a context is looked for and written in, in their order: each is looked for, and of
// several contexts the last one wins, as in Go's composite propagator. How the formats look is
// targets/stages/trace/context_formats.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"

namespace tracetax {

enum class Propagator : std::uint8_t {
  trace_context,    // traceparent, tracestate
  baggage,          // W3C Baggage
  b3,               // b3: one header
  b3_multi,         // X-B3-TraceId, X-B3-SpanId, X-B3-Sampled, X-B3-Flags
  jaeger,           // uber-trace-id
  xray,             // X-Amzn-Trace-Id
  ot,               // ot-tracer-traceid (the low half), ot-tracer-spanid, ot-tracer-sampled
  kratos_metadata,  // x-md-service-name: the caller's name, no context
  grpc_binary,      // grpc-trace-bin, 29 bytes
};

class Propagators {
 public:
  constexpr Propagators() = default;
  constexpr Propagators(std::initializer_list<Propagator> all) {
    for (const Propagator one : all) add(one);
  }
  constexpr void add(Propagator one) {
    if (!has(one)) all_[size_++] = one;
  }
  [[nodiscard]] constexpr bool has(Propagator one) const noexcept {
    return std::ranges::find(all(), one) != all().end();
  }
  [[nodiscard]] constexpr std::span<const Propagator> all() const noexcept {
    return {all_.data(), size_};
  }
  friend constexpr bool operator==(const Propagators& a, const Propagators& b) {
    return std::ranges::equal(a.all(), b.all());
  }

 private:
  std::array<Propagator, 9> all_{};  // each at most once
  std::size_t size_ = 0;
};
inline constexpr Propagators kW3c{Propagator::trace_context, Propagator::baggage};

/// A list as OTEL_PROPAGATORS has it: "tracecontext,baggage,b3"; none at all if "none" is in it. A
/// name that is none of the specification's is an error that names it.
[[nodiscard]] Result<Propagators> parse_propagators(std::string_view list);

/// What a service uses whose framework installs `own` (nothing: the program chooses, so the
/// variable does, else it is kW3c) where OTEL_PROPAGATORS says `asked` (nothing: it is not set). A
/// framework that installs its own does not read the variable: those stay, and what is asked for
/// and missing comes after them, so that any caller can be followed. Asked for none, there are
/// none.
[[nodiscard]] Propagators effective_propagators(const std::optional<Propagators>& own,
                                                const std::optional<Propagators>& asked);

/// "tracecontext,baggage"; "none".
[[nodiscard]] std::string describe(const Propagators& propagators);

}  // namespace tracetax
