// What otelgin and otelecho v0.70.0 record alike: both know the route before the span begins, so it
// has its name and http.route from the start: 11 attributes at the start, 2 at the end. The
// server's name is what the middleware was made with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

#include "targets/service/framework.h"

namespace tracetax {

[[nodiscard]] inline TraceSpec route_first_trace(std::string_view scope, std::string_view server,
                                                 AttributeSpec client, AttributeSpec pattern) {
  using enum HttpAttribute;
  AttributeTable start{{"server.address", ExchangeValue::fixed, server}};
  for (const AttributeSpec& one :
       semconv({request_method, url_scheme, server_port, peer_address, peer_port, user_agent})) {
    start.push_back(one);
  }
  start.push_back(client);
  for (const AttributeSpec& one : semconv({url_path, protocol_version})) start.push_back(one);
  start.push_back(pattern);
  return {{
      .scope_name = scope,
      .scope_version = "0.70.0",
      .at_start = std::move(start),
      .at_end = semconv({response_body_size, status_code}),
  }};
}

}  // namespace tracetax
