// The HTTP attributes of OpenTelemetry's semantic conventions (stable since 1.23) by their own
// names, for the instrumentation that follows them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>

#include "targets/request/attributes.h"

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

[[nodiscard]] AttributeSpec semconv(HttpAttribute attribute) noexcept;
[[nodiscard]] AttributeTable semconv(std::initializer_list<HttpAttribute> attributes);

[[nodiscard]] inline std::string_view attribute_key(HttpAttribute attribute) noexcept {
  return semconv(attribute).key;
}
inline void append_attribute(HttpAttribute attribute, const Exchange& exchange, Attributes& out) {
  append_attribute(semconv(attribute), exchange, out);
}

}  // namespace tracetax
