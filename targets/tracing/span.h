// A span as data: what instrumentation fills in and what the exporter encodes. Links are absent: no
// emulated server makes any. The live handle with its rules is Span in tracer.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/request/trace_context.h"

namespace tracetax {

using AttributeValue = std::variant<std::string, std::int64_t, double, bool>;

/// `key` must outlive the span: keys are literals of the instrumentation.
struct Attribute {
  std::string_view key;
  AttributeValue value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};
/// A heap vector and not one with inline room: a span moves through the queue as one pointer, and
/// Go's SDK keeps attributes in a heap slice too.
using Attributes = std::vector<Attribute>;

/// The numbers are OTLP's.
enum class SpanKind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };
enum class SpanStatus { unset = 0, ok = 1, error = 2 };

struct SpanEvent {
  std::int64_t time_ns = 0;  // since the Unix epoch
  std::string name;
  Attributes attributes;
};

/// How much one span may hold; what comes after is counted as dropped. Defaults of the OTel spec.
struct SpanLimits {
  std::size_t attributes = 128;
  std::size_t events = 128;
  friend bool operator==(const SpanLimits&, const SpanLimits&) = default;
};

struct SpanData {
  TraceContext context;
  SpanId parent_span_id;  // invalid: a root
  bool parent_is_remote = false;
  std::string name;
  SpanKind kind = SpanKind::internal;
  std::int64_t start_ns = 0;  // since the Unix epoch
  std::int64_t end_ns = 0;    // never before start_ns
  Attributes attributes;      // keys are unique once it has ended
  std::uint32_t dropped_attributes = 0;
  std::vector<SpanEvent> events;
  std::uint32_t dropped_events = 0;
  SpanStatus status = SpanStatus::unset;
  std::string status_message;

  /// Sets one attribute; the last value of a key wins.
  void set_attribute(Attribute attribute, const SpanLimits& limits) {
    for (Attribute& present : attributes) {
      if (present.key == attribute.key) {
        present.value = std::move(attribute.value);
        return;
      }
    }
    if (attributes.size() >= limits.attributes) {
      ++dropped_attributes;
      return;
    }
    attributes.push_back(std::move(attribute));
  }

  /// Sets several; as the Go SDK, without a look at their keys until there may be too many of them.
  void append(Attributes&& more, const SpanLimits& limits) {
    if (attributes.size() + more.size() > limits.attributes) {
      dedupe();
      for (Attribute& attribute : more) set_attribute(std::move(attribute), limits);
      return;
    }
    attributes.insert(attributes.end(), std::make_move_iterator(more.begin()),
                      std::make_move_iterator(more.end()));
  }

  /// Of equal keys the last value stays, in the place of the first (recordingSpan.dedupeAttrs).
  void dedupe() {
    std::unordered_map<std::string_view, std::size_t> places(attributes.size());
    std::size_t kept = 0;
    for (Attribute& attribute : attributes) {
      const auto [place, is_new] = places.try_emplace(attribute.key, kept);
      Attribute& slot = attributes[is_new ? kept++ : place->second];
      if (&slot != &attribute) slot = std::move(attribute);
    }
    attributes.resize(kept);
  }

  void add_event(SpanEvent event, const SpanLimits& limits) {
    if (events.size() >= limits.events) {
      ++dropped_events;
      return;
    }
    events.push_back(std::move(event));
  }
};

/// An ended span. All processors share the one snapshot, as in Go.
using SpanPointer = std::shared_ptr<const SpanData>;

}  // namespace tracetax
