// OpenTelemetry's member of tracestate, "ot=th:c;rv:6e6d1a75832a2f":
// https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/ (in development, August
// 2026). th is the rejection threshold of the sampler that kept the trace, rv the randomness to go
// by in place of the trace id's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

/// rv of `state`, which is a whole tracestate; nothing if it is not there or not 14 digits of
/// lower-case hex.
[[nodiscard]] std::optional<std::uint64_t> ot_randomness(std::string_view state) noexcept;

/// A threshold within [0, 2^56) as th has it: 14 digits without the zeros at the end. 0 is "0".
[[nodiscard]] std::string ot_threshold_text(std::uint64_t threshold);

/// `state` with this th, or without any if it is empty. All else in it stays. If ot would get
/// longer than its 256 characters th goes: a threshold that is missing says that nothing is known,
/// a stale one would say something wrong.
[[nodiscard]] std::string with_ot_threshold(std::string_view state, std::string_view th);

}  // namespace tracetax
