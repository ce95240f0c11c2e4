// W3C tracestate (https://www.w3.org/TR/trace-context-2/#tracestate-header) by the rules of Go's
// trace.ParseTraceState: what is not right as a whole is dropped as a whole. It is kept as its
// text, since nobody here looks at what other vendors wrote; OpenTelemetry's own: ot_trace_state.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracetax {

inline constexpr std::size_t kTraceStateMembers = 32;

/// The header's members in their order, without white space around them. Empty if there is none, or
/// too many, or one twice, or one with a key or value that may not be.
[[nodiscard]] std::string parse_trace_state(std::string_view header);

/// The value of a member of `state`, which is one that parse_trace_state() gave; empty: not there.
[[nodiscard]] std::string_view trace_state_member(std::string_view state,
                                                  std::string_view key) noexcept;

/// `state`, which is one that parse_trace_state() gave, with this member in front, where who adds
/// one puts its own. Its former value goes, and so does the last member if there are too many.
/// `state` as it is if the member may not be.
[[nodiscard]] std::string with_trace_state_member(std::string_view state, std::string_view key,
                                                  std::string_view value);

/// `state`, which is one that parse_trace_state() gave, less this member.
[[nodiscard]] std::string without_trace_state_member(std::string_view state, std::string_view key);

}  // namespace tracetax
