// A span as data: what instrumentation fills in and what the exporter encodes. The live handle with
// its rules is Span in tracer.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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

/// An array holds one type only, as OTel has it.
using AttributeValue =
    std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>,
                 std::vector<std::int64_t>, std::vector<double>, std::vector<bool>>;

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
  std::uint32_t dropped_attributes = 0;
};

/// Another span that has to do with this one.
struct SpanLink {
  TraceContext context;
  std::string trace_state;  // W3C's, empty: none. Go's exporter leaves it out, and so does ours
  bool is_remote = false;
  Attributes attributes;
  std::uint32_t dropped_attributes = 0;
};

inline constexpr std::size_t kUnlimited = SIZE_MAX;

/// How much one span may hold; what is too much is counted as dropped. Defaults of the OTel spec.
struct SpanLimits {
  std::size_t attributes = 128;
  std::size_t events = 128;
  std::size_t links = 128;
  std::size_t event_attributes = 128;
  std::size_t link_attributes = 128;
  std::size_t value_length = kUnlimited;  // characters of a text among the span's own attributes
  friend bool operator==(const SpanLimits&, const SpanLimits&) = default;
};

/// At most `limit` characters of a text that may be UTF-8, never a part of one. As Go's SDK, it
/// leaves out bytes that are no UTF-8 only where something is cut off.
void truncate_text(std::string& text, std::size_t limit);

struct SpanData {
  TraceContext context;
  std::string trace_state;  // W3C's, empty: none
  SpanId parent_span_id;    // invalid: a root
  bool parent_is_remote = false;
  std::string name;
  SpanKind kind = SpanKind::internal;
  std::int64_t start_ns = 0;  // since the Unix epoch
  std::int64_t end_ns = 0;    // never before start_ns
  Attributes attributes;      // keys are unique once it has ended
  std::uint32_t dropped_attributes = 0;
  std::vector<SpanEvent> events;
  std::uint32_t dropped_events = 0;
  std::vector<SpanLink> links;
  std::uint32_t dropped_links = 0;
  SpanStatus status = SpanStatus::unset;
  std::string status_message;

  /// Sets one attribute; the last value of a key wins.
  void set_attribute(Attribute attribute, const SpanLimits& limits) {
    if (limits.value_length != kUnlimited) truncate(attribute.value, limits.value_length);
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
    // Written so that nothing overflows.
    if (more.size() > limits.attributes || attributes.size() > limits.attributes - more.size()) {
      dedupe();
      for (Attribute& attribute : more) set_attribute(std::move(attribute), limits);
      return;
    }
    if (limits.value_length != kUnlimited) {
      for (Attribute& attribute : more) truncate(attribute.value, limits.value_length);
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

  /// Of too many events (and links) the oldest goes, as in Go's evictedQueue.
  void add_event(SpanEvent event, const SpanLimits& limits) {
    event.dropped_attributes = cut(event.attributes, limits.event_attributes);
    add_evicting(std::move(event), limits.events, events, dropped_events);
  }

  void add_link(SpanLink link, const SpanLimits& limits) {
    link.dropped_attributes = cut(link.attributes, limits.link_attributes);
    add_evicting(std::move(link), limits.links, links, dropped_links);
  }

 private:
  static void truncate(AttributeValue& value, std::size_t limit) {
    if (auto* text = std::get_if<std::string>(&value)) return truncate_text(*text, limit);
    if (auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      for (std::string& text : *texts) truncate_text(text, limit);
    }
  }

  static std::uint32_t cut(Attributes& attributes, std::size_t limit) {
    if (attributes.size() <= limit) return 0;
    const auto dropped = static_cast<std::uint32_t>(attributes.size() - limit);
    attributes.erase(attributes.begin() + static_cast<std::ptrdiff_t>(limit), attributes.end());
    return dropped;
  }

  template <typename Item>
  static void add_evicting(Item item, std::size_t limit, std::vector<Item>& items,
                           std::uint32_t& dropped) {
    if (items.size() >= limit) {
      ++dropped;
      if (limit == 0) return;
      items.erase(items.begin());
    }
    items.push_back(std::move(item));
  }
};

using SpanPointer = std::unique_ptr<SpanData>;

}  // namespace tracetax
