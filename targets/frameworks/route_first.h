// What otelgin and otelecho v0.70.0 record alike: both know the route before the span begins, so it
// has its name and http.route from the start: 11 attributes at the start, 2 at the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "targets/service/framework.h"

namespace tracetax {

[[nodiscard]] inline TraceSpec route_first_trace(std::string_view scope) {
  using enum HttpAttribute;
  return {{
      .scope_name = scope,
      .scope_version = "0.70.0",
      .at_start =
          semconv({server_address, request_method, url_scheme, server_port, peer_address, peer_port,
                   user_agent, HttpAttribute::client_address, url_path, protocol_version, route}),
      .at_end = semconv({response_body_size, status_code}),
  }};
}

}  // namespace tracetax
