// The table of what a receiver must get from each emulated framework for one request. It is written
// from the facts about the framework's instrumentation, and not from its record here. For tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {

using Strings = std::vector<std::string>;

struct SpanShape {
  std::string target;
  std::string name;
  otlp::Span::SpanKind kind = otlp::Span::SPAN_KIND_SERVER;
  Strings attributes;  // "key:type" with s, i, d, b, in order
  Strings events{};    // "name(key:type,key:type)", in order
  otlp::Status::StatusCode status = otlp::Status::STATUS_CODE_UNSET;
  double bytes = 0;  // predicted, for a route /api/v1/users/:id and the call bench.v1.Bench/Echo
};
inline std::ostream& operator<<(std::ostream& out, const SpanShape& shape) {
  return out << shape.target;
}

/// One per framework with a chain that makes one span by itself.
[[nodiscard]] const std::vector<SpanShape>& span_shapes();

}  // namespace tracetax
