// The HTTP attributes of OpenTelemetry's semantic conventions (stable since 1.23) as data, so that a
// framework can list which ones its instrumentation sets, and when.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "targets/stages/exchange.h"
#include "targets/tracing/span.h"

namespace tracetax {

enum class HttpAttribute {
  request_method,
  url_scheme,
  server_address,
  server_port,
  peer_address,
  peer_port,
  user_agent,
  client_address,
  url_path,
  protocol_version,
  route,
  request_body_size,
  response_body_size,
  status_code,
};

[[nodiscard]] std::string_view attribute_key(HttpAttribute attribute) noexcept;

/// Appends the attribute, unless the exchange has nothing to say: no User-Agent, no route, empty
/// bodies, the default port. An unknown method becomes "_OTHER" and http.request.method_original.
void append_attribute(HttpAttribute attribute, const Exchange& exchange, Attributes& out);

/// Methods that the conventions know.
[[nodiscard]] bool is_known_method(std::string_view method) noexcept;

}  // namespace tracetax
