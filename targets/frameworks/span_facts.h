// What instrumentation of several frameworks puts on its spans, for SpanShape.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "targets/service/framework.h"

namespace tracetax {

using SpanTexts = std::vector<std::string>;

/// `head` and behind it `tail`.
[[nodiscard]] inline SpanTexts joined(SpanTexts head, const SpanTexts& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

/// HTTP servers of OpenTelemetry's contrib for Go; `routed`: they know the route.
[[nodiscard]] inline SpanShape contrib_http_span(std::string name, bool routed, double bytes) {
  SpanTexts attributes{"server.address:s",
                       "http.request.method:s",
                       "url.scheme:s",
                       "server.port:i",
                       "network.peer.address:s",
                       "network.peer.port:i",
                       "user_agent.original:s",
                       "client.address:s",
                       "url.path:s",
                       "network.protocol.version:s"};
  if (routed) attributes.emplace_back("http.route:s");
  return {.name = std::move(name),
          .attributes = joined(std::move(attributes),
                               {"http.response.body.size:i", "http.response.status_code:i"}),
          .bytes = bytes};
}

/// The statistics of CloudWeGo's tracers, an event each.
[[nodiscard]] inline SpanTexts status_events(const std::vector<std::string_view>& names) {
  SpanTexts events;
  for (const std::string_view name : names)
    events.push_back(std::string(name) + "(event.status:i)");
  return events;
}

}  // namespace tracetax
