// CLIENT spans of legs. Nothing is built where nothing traces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "targets/legs/leg.h"

namespace tracetax {

/// None where `parent` is null. `attributes` is called only if there is a span.
template <typename MakeAttributes>
[[nodiscard]] std::optional<Span> leg_span(Tracer& tracer, const Span* parent,
                                           std::string_view name, MakeAttributes&& attributes) {
  std::optional<Span> span;
  if (parent != nullptr) {
    span.emplace(tracer.start_child_span(name, SpanKind::client, *parent, attributes()));
  }
  return span;
}

/// What spans inside of `span` have as their parent: null where nothing traces.
[[nodiscard]] inline const Span* inside(const std::optional<Span>& span) {
  return span ? &*span : nullptr;
}

/// Go's span.RecordError and SetStatus(codes.Error, status).
inline void record_error(std::optional<Span>& span, std::string_view type,
                         const std::string& message, std::string_view status) {
  if (!span) return;
  span->add_event("exception",
                  {{"exception.type", std::string(type)}, {"exception.message", message}});
  span->set_status(SpanStatus::error, status);
}

}  // namespace tracetax
