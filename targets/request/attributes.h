// Span attributes as data: a key and where in the exchange its value comes from, so that a
// framework can list what its instrumentation sets, and when. Used for span names too, which come
// from the same places.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/exchange.h"
#include "targets/tracing/span.h"

namespace tracetax {

/// Strings unless it says otherwise. "If any": no attribute where the exchange has nothing to say.
enum class ExchangeValue {
  fixed,            // AttributeSpec::text
  fixed_int,        // AttributeSpec::number
  header,           // the request header named by AttributeSpec::text, if any
  header_or_empty,  // the same, an empty text if there is none
  request_method,   // "_OTHER" and http.request.method_original for unknown ones
  host_name,        // of the Host header, if any
  host_port,        // int, if any, and not if it is 80
  host_any_port,    // int, if any
  host,             // the Host header, if any
  peer_address,     // if any
  peer_port,        // int, if any
  peer_port_text,
  local_address,
  local_port,  // int
  local_port_text,
  user_agent,  // if any
  client_address,
  path,
  target,             // path and query
  url,                // "http://host/path?query"
  request_line,       // "GET /path"
  protocol_version,   // "1.1"
  route,              // the pattern, if any
  route_or_empty,     // the pattern, an empty text if there is none
  route_or_path,      // the pattern, the path if there is none
  request_body_size,  // int, if not empty
  answer_body_size,   // int, if not empty
  received_size,      // int: of the message in protobuf if it is decoded, else of the body
  sent_size,          // the same of the reply; 0 where a handler returned an error
  status_code,        // int
  status_code_text,
  grpc_status,       // int: the code that the status is in gRPC
  grpc_status_name,  // "OK"
  operation,         // "package.Service/Method"
  service,           // "package.Service"
  method,            // "Method"
  protocol,          // of an RPC
  request_id,        // int
  result,            // int: 0, or 1 for a failed request
  error_code,        // int: the status, if a handler or a router returned an error
  error,             // what a handler or a router returned, if any
  trusted_client,    // the caller as gin's ClientIP finds it: trusted_client_ip()
};

struct AttributeSpec {
  std::string_view key;  // outlives every span
  ExchangeValue value = ExchangeValue::fixed;
  std::string_view text{};
  std::int64_t number = 0;
};
using AttributeTable = std::vector<AttributeSpec>;

void append_attribute(const AttributeSpec& spec, const Exchange& exchange, Attributes& out);
[[nodiscard]] Attributes make_attributes(std::span<const AttributeSpec> table,
                                         const Exchange& exchange);

/// "package.Service/Method": an RPC's path, or what the route's endpoint is as a method of the
/// service.
[[nodiscard]] std::string operation_of(const Exchange& exchange);

/// Methods that the HTTP conventions know.
[[nodiscard]] bool is_known_method(std::string_view method) noexcept;

}  // namespace tracetax
