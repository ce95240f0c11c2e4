// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/url_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace tracetax {

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  const std::size_t colons = url.find("://");
  if (colons == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, colons);
  url.remove_prefix(colons + 3);
  parts.authority = url.substr(0, url.find_first_of("/?#"));
  parts.path = url.substr(parts.authority.size());
  const std::size_t close = parts.authority.find(']');
  if (parts.authority.starts_with('[') && close != std::string_view::npos) {
    parts.host = parts.authority.substr(1, close - 1);
    parts.after_host = parts.authority.substr(close + 1);
  } else {
    parts.host = parts.authority.substr(0, parts.authority.find(':'));
    parts.after_host = parts.authority.substr(parts.host.size());
  }
  return parts;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::string authority_text(std::string_view host, int port) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
}

namespace {

/// The length of the user information at the start of a URL's authority, up to its "@"; 0: none.
std::size_t userinfo_length(std::string_view authority) {
  authority = authority.substr(0, authority.find_first_of(" \t\r\n\"'<>"));
  const std::size_t end = std::min(authority.find_first_of("/?#"), authority.size());
  const std::size_t at = authority.substr(0, end).rfind('@');
  if (at != std::string_view::npos) return at;
  // What follows ":" is a port, or its placeholder, or else a password that goes on.
  const std::size_t colon = authority.find(':');
  if (authority.starts_with('[') || colon >= end) return 0;
  const std::string_view port = authority.substr(colon + 1, end - colon - 1);
  const bool is_port =
      port.starts_with('{') || port.find_first_not_of("0123456789") == std::string_view::npos;
  const std::size_t late = authority.rfind('@');
  return is_port || late == std::string_view::npos ? 0 : late;
}

}  // namespace

std::string without_userinfo(std::string_view text) {
  constexpr std::string_view kBegin = "://";
  std::string out;
  for (std::size_t next = text.find(kBegin); next != std::string_view::npos;
       next = text.find(kBegin)) {
    out += text.substr(0, next + kBegin.size());
    text.remove_prefix(next + kBegin.size());
    if (const std::size_t length = userinfo_length(text); length > 0) {
      out += "***";
      text.remove_prefix(length);
    }
  }
  return out.append(text);
}

bool decode_percent(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return false;
    out += static_cast<char>(value);
    i += 2;
  }
  return true;
}

}  // namespace tracetax
