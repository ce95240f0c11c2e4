// What is kept of spans beside SpanSeen where their trees are checked: names, links, and how many
// requests a span stands for. Bounded: by the sink's memory, and names by their number.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/core/request/trace_context.h"

namespace tracetax {

/// Names of spans by an index. A topology has a few dozen. All beyond the limit share one, which is
/// no span's name.
class SpanNames {
 public:
  static constexpr std::size_t kMost = 4096;    // told apart
  static constexpr std::size_t kLongest = 400;  // bytes kept of each

  /// The index of `name`, which is kept if it is new. Never 0.
  [[nodiscard]] std::uint16_t index_of(std::string_view name);
  /// "" for 0 and for an index that was never given out.
  [[nodiscard]] std::string_view name(std::uint16_t index) const;
  /// Indexes are below it.
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_{""};
  std::unordered_map<std::string, std::uint16_t> index_;
};

/// A link of the span that is number `span` among all that were decoded.
struct SeenLink {
  std::uint32_t span = 0;
  TraceId trace_id;
  SpanId span_id;
};

/// That span's attribute kRequestsKey.
struct SeenCount {
  std::uint32_t span = 0;
  std::uint64_t requests = 0;
};
/// A span with it stands for so many sampled requests, which left none themselves.
inline constexpr std::string_view kRequestsKey = "tracetax.requests";

struct TreeFacts {
  SpanNames names;
  std::vector<SeenLink> links;  // in the order of their spans, and so are the counts
  std::vector<SeenCount> counts;

  /// Forgets what is known of spans from number `spans` on.
  void cut_to(std::size_t spans);
  /// Of links and counts.
  [[nodiscard]] std::uint64_t bytes() const {
    return links.size() * sizeof(SeenLink) + counts.size() * sizeof(SeenCount);
  }
};

}  // namespace tracetax
