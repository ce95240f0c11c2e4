// SPDX-License-Identifier: Apache-2.0
#include "targets/request/attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <string>
#include <system_error>

#include "targets/request/client_ip.h"
#include "targets/request/status.h"
#include "targets/tracing/grpc_code.h"

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 10> kMethods{
    "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "QUERY"};

struct HostPort {
  std::string_view host;
  std::uint16_t port = 0;  // 0: not given, or not a number
};

HostPort split_host(std::string_view text) {
  HostPort parts{text, 0};
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return parts;
    parts.host = text.substr(1, close - 1);
    if (colon < close) return parts;
  } else if (colon != std::string_view::npos) {
    parts.host = text.substr(0, colon);
  }
  if (colon == std::string_view::npos) return parts;
  const auto result =
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), parts.port);
  if (result.ec != std::errc{}) parts.port = 0;
  return parts;
}

HostPort host_of(const Exchange& exchange) {
  return split_host(exchange.header(boost::beast::http::field::host));
}

std::string_view endpoint_name(Action endpoint) {
  switch (endpoint) {
    case Action::get_user:
      return "GetUser";
    case Action::create_user:
      return "CreateUser";
    case Action::health:
      return "Health";
    case Action::echo:
      return "Echo";
    case Action::fails:
      return "Fail";
    case Action::filler:
      break;
  }
  return "Other";
}

std::string target_of(const Exchange& exchange) {
  std::string target(exchange.path);
  if (!exchange.query.empty()) target.append("?").append(exchange.query);
  return target;
}

std::string_view pattern_of(const Exchange& exchange) {
  return exchange.route == nullptr ? std::string_view{} : exchange.route->pattern;
}

std::size_t varint_size(std::uint64_t value) {
  return static_cast<std::size_t>(std::bit_width(value | 1) + 6) / 7;
}
std::size_t text_size(std::string_view text) {
  return text.empty() ? 0 : 1 + varint_size(text.size()) + text.size();
}
std::size_t number_size(std::int64_t value) {
  return value == 0 ? 0 : 1 + varint_size(static_cast<std::uint64_t>(value));
}

/// What proto.Size says about a message, or the size of the bytes where there is none.
std::size_t size_of(const Message& message, std::string_view bytes) {
  if (const auto* echo = std::get_if<Echo>(&message)) return text_size(echo->text);
  if (const auto* user = std::get_if<User>(&message)) {
    return number_size(user->id) + text_size(user->name) + text_size(user->email) +
           text_size(user->created_at);
  }
  return bytes.size();
}

/// What one spec adds to `out`.
struct Append {
  std::string_view key;
  Attributes& out;

  void text(std::string value) const { out.push_back({key, std::move(value)}); }
  void text_if_any(std::string_view value) const {
    if (!value.empty()) text(std::string(value));
  }
  void number(std::int64_t value) const { out.push_back({key, value}); }
  void size(std::size_t value) const { number(static_cast<std::int64_t>(value)); }
  void number_if_any(std::int64_t value) const {
    if (value > 0) number(value);
  }
};

}  // namespace

bool is_known_method(std::string_view method) noexcept {
  return std::ranges::find(kMethods, method) != kMethods.end();
}

std::string operation_of(const Exchange& exchange) {
  if (exchange.operation.starts_with('/')) return std::string(exchange.operation.substr(1));
  if (exchange.route != nullptr && !exchange.route->operation.empty()) {
    return exchange.route->operation.substr(1);
  }
  if (exchange.route != nullptr && exchange.route->endpoint != Action::filler) {
    return std::string("bench.v1.Bench/").append(endpoint_name(exchange.route->endpoint));
  }
  return std::string(exchange.path.substr(exchange.path.starts_with('/') ? 1 : 0));
}

void append_attribute(const AttributeSpec& spec, const Exchange& exchange, Attributes& out) {
  const Append add{spec.key, out};
  switch (spec.value) {
    case ExchangeValue::fixed:
      return add.text(std::string(spec.text));
    case ExchangeValue::fixed_int:
      return add.number(spec.number);
    case ExchangeValue::header:
      return add.text_if_any(exchange.header(spec.text));
    case ExchangeValue::header_or_empty:
      return add.text(std::string(exchange.header(spec.text)));
    case ExchangeValue::request_method:
      if (is_known_method(exchange.method)) return add.text(std::string(exchange.method));
      add.text("_OTHER");
      out.push_back({"http.request.method_original", std::string(exchange.method)});
      return;
    case ExchangeValue::host_name:
      return add.text_if_any(host_of(exchange).host);
    case ExchangeValue::host_port: {
      const std::uint16_t port = host_of(exchange).port;
      return add.number_if_any(port == 80 ? 0 : port);
    }
    case ExchangeValue::host_any_port:
      return add.number_if_any(host_of(exchange).port);
    case ExchangeValue::host:
      return add.text_if_any(exchange.header(boost::beast::http::field::host));
    case ExchangeValue::peer_address:
      return add.text_if_any(exchange.peer_address);
    case ExchangeValue::peer_port:
      return add.number_if_any(exchange.peer_port);
    case ExchangeValue::peer_port_text:
      return add.text(fmt::format_int(exchange.peer_port).str());
    case ExchangeValue::local_address:
      return add.text(std::string(exchange.local_address));
    case ExchangeValue::local_port:
      return add.number(exchange.local_port);
    case ExchangeValue::local_port_text:
      return add.text(fmt::format_int(exchange.local_port).str());
    case ExchangeValue::user_agent:
      return add.text_if_any(exchange.header(boost::beast::http::field::user_agent));
    case ExchangeValue::client_address:
      return add.text_if_any(client_address(exchange));
    case ExchangeValue::path:
      return add.text(std::string(exchange.path));
    case ExchangeValue::target:
      return add.text(target_of(exchange));
    case ExchangeValue::url:
      return add.text(fmt::format("http://{}{}", exchange.header(boost::beast::http::field::host),
                                  target_of(exchange)));
    case ExchangeValue::request_line:
      return add.text(fmt::format("{} {}", exchange.method, exchange.path));
    case ExchangeValue::protocol_version:
      return add.text(exchange.minor_version == 0 ? "1.0" : "1.1");
    case ExchangeValue::route:
      return add.text_if_any(pattern_of(exchange));
    case ExchangeValue::route_or_empty:
      return add.text(std::string(pattern_of(exchange)));
    case ExchangeValue::route_or_path:
      return add.text(
          std::string(exchange.route == nullptr ? exchange.path : pattern_of(exchange)));
    case ExchangeValue::request_body_size:
      return add.number_if_any(static_cast<std::int64_t>(exchange.body.size()));
    case ExchangeValue::answer_body_size:
      return add.number_if_any(static_cast<std::int64_t>(exchange.answer.size()));
    case ExchangeValue::received_size:
      return add.size(size_of(exchange.request, exchange.body));
    case ExchangeValue::sent_size:
      return add.size(exchange.error.empty() ? size_of(exchange.reply, exchange.answer) : 0);
    case ExchangeValue::status_code:
      return add.number(exchange.status);
    case ExchangeValue::status_code_text:
      return add.text(fmt::format_int(exchange.status).str());
    case ExchangeValue::grpc_status:
      return add.number(grpc_code_of(exchange.status));
    case ExchangeValue::grpc_status_name:
      return add.text(std::string(
          grpc_code_name(static_cast<grpc::StatusCode>(grpc_code_of(exchange.status)))));
    case ExchangeValue::operation:
      return add.text(operation_of(exchange));
    case ExchangeValue::service: {
      const std::string operation = operation_of(exchange);
      return add.text(operation.substr(0, operation.rfind('/')));
    }
    case ExchangeValue::method: {
      const std::string operation = operation_of(exchange);
      return add.text(operation.substr(operation.rfind('/') + 1));
    }
    case ExchangeValue::protocol:
      return add.text(std::string(exchange.protocol));
    case ExchangeValue::request_id:
      return add.number(exchange.request_id);
    case ExchangeValue::result:
      return add.number(exchange.status < 400 ? 0 : 1);
    case ExchangeValue::error_code:
      return add.number_if_any(exchange.error.empty() ? 0 : exchange.status);
    case ExchangeValue::error:
      return add.text_if_any(exchange.error);
    case ExchangeValue::trusted_client:
      return add.text_if_any(trusted_client_ip(exchange));
  }
}

Attributes make_attributes(std::span<const AttributeSpec> table, const Exchange& exchange) {
  Attributes attributes;
  attributes.reserve(table.size());
  for (const AttributeSpec& spec : table) append_attribute(spec, exchange, attributes);
  return attributes;
}

}  // namespace tracetax
