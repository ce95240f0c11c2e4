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
