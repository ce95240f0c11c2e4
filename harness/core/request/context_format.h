// The formats in which a caller tells its trace context, each as the fields of a request that carry
// it. All values have a fixed size, so that they can be written over the last request's in place.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/error.h"

namespace tracetax {

enum class ContextFormat : std::uint8_t { w3c, b3, b3multi, jaeger, xray };
using ContextFormats = std::vector<ContextFormat>;  // each once; empty: no context is sent

enum class ContextField : std::uint8_t {
  traceparent,    // 00-TRACE-SPAN-01
  b3,             // TRACE-SPAN-1
  b3_trace_id,    // TRACE
  b3_span_id,     // SPAN
  b3_sampled,     // 1
  uber_trace_id,  // TRACE:SPAN:0:1
  // Root=1-TRACE;Parent=SPAN;Sampled=1, with a dash behind the first 8 digits of TRACE. AWS wants
  // them to be the seconds of the epoch; here they are as random as the others, so that the trace
  // id is the planned one.
  amzn_trace_id,
};
inline constexpr std::size_t kContextFields = 7;
inline constexpr std::size_t kLongestContext = 74;

/// As the propagators of OpenTelemetry write it; HTTP/2 wants it in lower case.
[[nodiscard]] std::string_view name_of(ContextField field);
/// Of the value, in bytes.
[[nodiscard]] std::size_t size_of(ContextField field) noexcept;
/// Writes exactly size_of(field) characters at `out`. Never fails; see BM_WriteContext.
void write_context(ContextField field, const TraceContext& context, char* out) noexcept;
[[nodiscard]] std::string format_context(ContextField field, const TraceContext& context);

[[nodiscard]] std::span<const ContextField> all_context_fields();
[[nodiscard]] std::span<const ContextField> fields_of(ContextFormat format);
/// Of all formats, in their order.
[[nodiscard]] std::vector<ContextField> fields_of(const ContextFormats& formats);
/// Whether a header of this name, in upper or lower case, is a field of any format.
[[nodiscard]] bool carries_context(std::string_view name);

/// "w3c", "b3", "b3multi", "jaeger", "xray".
[[nodiscard]] std::string_view name_of(ContextFormat format);
/// The same as OTEL_PROPAGATORS calls it: "tracecontext" for w3c.
[[nodiscard]] std::string_view propagator_of(ContextFormat format);
/// Names of either kind, each once. Usage error for an unknown one and for none at all.
[[nodiscard]] Result<ContextFormats> parse_context_formats(const std::vector<std::string>& names);
/// "w3c,b3", as --context takes it.
[[nodiscard]] Result<ContextFormats> parse_context_list(std::string_view list);
[[nodiscard]] std::vector<std::string> names_of(const ContextFormats& formats);
/// "tracecontext,b3", as OTEL_PROPAGATORS takes it; "none" of none.
[[nodiscard]] std::string propagators_of(const ContextFormats& formats);
/// Those of them that OTEL_PROPAGATORS names.
[[nodiscard]] ContextFormats formats_in(std::string_view propagators);
/// Whether a service with this OTEL_PROPAGATORS surely finds no context that is sent so. What reads
/// b3 reads b3multi too, and the reverse. An empty list, or a name that is not known here, may read
/// anything.
[[nodiscard]] bool surely_unread(const ContextFormats& sent, std::string_view propagators);
/// "traceparent", "b3, uber-trace-id": the names of the fields, for messages.
[[nodiscard]] std::string describe(const ContextFormats& formats);

}  // namespace tracetax
