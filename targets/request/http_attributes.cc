// SPDX-License-Identifier: Apache-2.0
#include "targets/request/http_attributes.h"

namespace tracetax {

AttributeSpec semconv(HttpAttribute attribute) noexcept {
  using enum ExchangeValue;
  switch (attribute) {
    case HttpAttribute::request_method:
      return {"http.request.method", request_method};
    case HttpAttribute::url_scheme:
      return {"url.scheme", fixed, "http"};
    case HttpAttribute::server_address:
      return {"server.address", host_name};
    case HttpAttribute::server_port:
      return {"server.port", host_port};
    case HttpAttribute::peer_address:
      return {"network.peer.address", peer_address};
    case HttpAttribute::peer_port:
      return {"network.peer.port", peer_port};
    case HttpAttribute::user_agent:
      return {"user_agent.original", user_agent};
    case HttpAttribute::client_address:
      return {"client.address", ExchangeValue::client_address};
    case HttpAttribute::url_path:
      return {"url.path", path};
    case HttpAttribute::protocol_version:
      return {"network.protocol.version", protocol_version};
    case HttpAttribute::route:
      return {"http.route", route};
    case HttpAttribute::request_body_size:
      return {"http.request.body.size", request_body_size};
    case HttpAttribute::response_body_size:
      return {"http.response.body.size", answer_body_size};
    case HttpAttribute::status_code:
      return {"http.response.status_code", status_code};
  }
  return {};
}

AttributeTable semconv(std::initializer_list<HttpAttribute> attributes) {
  AttributeTable table;
  for (const HttpAttribute attribute : attributes) table.push_back(semconv(attribute));
  return table;
}

}  // namespace tracetax
