// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/http_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 10> kMethods{"GET",     "POST",    "PUT",   "DELETE", "HEAD",
                                                    "OPTIONS", "PATCH",   "TRACE", "CONNECT", "QUERY"};

struct HostPort {
  std::string_view host;
  std::uint16_t port = 0;  // 0: not given, or not a number
};

HostPort split_host(std::string_view text) {
  HostPort parts{text, 0};
  std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return parts;
    parts.host = text.substr(1, close - 1);
    if (colon < close) return parts;
  } else if (colon != std::string_view::npos) {
    parts.host = text.substr(0, colon);
  }
  if (colon == std::string_view::npos) return parts;
  const auto result = std::from_chars(text.data() + colon + 1, text.data() + text.size(), parts.port);
  if (result.ec != std::errc{}) parts.port = 0;
  return parts;
}

}  // namespace

std::string_view attribute_key(HttpAttribute attribute) noexcept {
  switch (attribute) {
    case HttpAttribute::request_method: return "http.request.method";
    case HttpAttribute::url_scheme: return "url.scheme";
    case HttpAttribute::server_address: return "server.address";
    case HttpAttribute::server_port: return "server.port";
    case HttpAttribute::peer_address: return "network.peer.address";
    case HttpAttribute::peer_port: return "network.peer.port";
    case HttpAttribute::user_agent: return "user_agent.original";
    case HttpAttribute::client_address: return "client.address";
    case HttpAttribute::url_path: return "url.path";
    case HttpAttribute::protocol_version: return "network.protocol.version";
    case HttpAttribute::route: return "http.route";
    case HttpAttribute::request_body_size: return "http.request.body.size";
    case HttpAttribute::response_body_size: return "http.response.body.size";
    case HttpAttribute::status_code: return "http.response.status_code";
  }
  return "";
}

bool is_known_method(std::string_view method) noexcept {
  return std::ranges::find(kMethods, method) != kMethods.end();
}

void append_attribute(HttpAttribute attribute, const Exchange& exchange, Attributes& out) {
  const auto text = [&](std::string_view value) {
    if (!value.empty()) out.push_back({attribute_key(attribute), std::string(value)});
  };
  const auto number = [&](std::int64_t value) {
    if (value > 0) out.push_back({attribute_key(attribute), value});
  };
  switch (attribute) {
    case HttpAttribute::request_method:
      if (is_known_method(exchange.method)) return text(exchange.method);
      text("_OTHER");
      out.push_back({"http.request.method_original", std::string(exchange.method)});
      return;
    case HttpAttribute::url_scheme: return text("http");
    case HttpAttribute::server_address:
      return text(split_host(exchange.header(boost::beast::http::field::host)).host);
    case HttpAttribute::server_port: {
      const std::uint16_t port = split_host(exchange.header(boost::beast::http::field::host)).port;
      return number(port == 80 ? 0 : port);
    }
    case HttpAttribute::peer_address: return text(exchange.peer_address);
    case HttpAttribute::peer_port: return number(exchange.peer_port);
    case HttpAttribute::user_agent:
      return text(exchange.header(boost::beast::http::field::user_agent));
    case HttpAttribute::client_address: return text(client_address(exchange));
    case HttpAttribute::url_path: return text(exchange.path);
    case HttpAttribute::protocol_version: return text(exchange.minor_version == 0 ? "1.0" : "1.1");
    case HttpAttribute::route:
      return text(exchange.route == nullptr ? std::string_view{} : exchange.route->pattern);
    case HttpAttribute::request_body_size:
      return number(static_cast<std::int64_t>(exchange.body.size()));
    case HttpAttribute::response_body_size:
      return number(static_cast<std::int64_t>(exchange.answer.size()));
    case HttpAttribute::status_code: return number(exchange.status);
  }
}

}  // namespace tracetax
