// A payload taken apart by traces. The bytes of spans, scopes and resources stay as they came.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/error.h"
#include "harness/run/sink/span_key.h"

namespace tracetax {

struct TraceIdHash {
  std::size_t operator()(const TraceId& id) const noexcept { return trace_key(id); }
};

/// As the span says.
struct SpanTimes {
  std::uint64_t start_unix_ns = 0, end_unix_ns = 0;
};

/// What one ResourceSpans of a payload has of one trace.
struct TracePiece {
  TraceId trace_id;
  /// The field resource_spans of an ExportTraceServiceRequest. Several of these in a row, of
  /// whatever traces, are such a request.
  std::string bytes;
  std::vector<SpanTimes> spans;  // of each of its spans, in their order
  bool has_error = false;        // one of them has the status ERROR
};

/// The pieces in the order in which their first spans stand in the body, which is not packed. Usage
/// error: it is no ExportTraceServiceRequest in protobuf, or a trace id has not 16 bytes.
[[nodiscard]] Result<std::vector<TracePiece>> split_by_trace(std::string_view body);

}  // namespace tracetax
