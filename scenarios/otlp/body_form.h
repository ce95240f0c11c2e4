// A request of spans as bytes that are the same each time, and the places in them that are not:
// ids, times, values. Everything has a fixed size, so the bytes before a span say how long it is
// before it is written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/otlp/otlp_options.h"

namespace tracetax {

/// Of a value that is written anew.
inline constexpr std::size_t kValueSize = 16;

/// One span. Places count from its first byte.
struct SpanForm {
  std::string bytes;
  std::uint32_t trace_id = 0, span_id = 0, start = 0, end = 0;
  std::optional<std::uint32_t> parent_id;  // none: it is the root
  std::uint32_t status = 0;                // one byte: its code
  std::vector<std::uint32_t> values;       // kValueSize characters each
  std::vector<std::uint32_t> event_times;
};

/// The spans of one service.
struct ServiceForm {
  std::string head, foot;
  int spans = 0;
};

/// Protobuf has ids and times in binary, JSON as text: ids in hex, times as 19 digits.
struct BodyForm {
  bool is_json = false;
  SpanShape shape;
  SpanForm root, child;
  std::vector<ServiceForm> services;
  std::string head, foot;  // of the whole
  std::size_t size = 0;
};

/// Spans of a trace stand together; its first is the root and the parent of the others. The traces
/// have as many spans as carried_spans() says, and each service the same part of all spans.
[[nodiscard]] BodyForm make_body_form(const SpanShape& shape, bool as_json);

}  // namespace tracetax
