// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/url.h"

#include <algorithm>
#include <charconv>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

bool holds_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < 32 && c != '\t') || c == 127; });
}

}  // namespace

Result<Url> parse_url(std::string_view url) {
  const std::string_view whole = url;
  const auto wrong = [&](std::string_view why) {
    return failure(
        ExitCode::usage,
        fmt::format(
            "URL {}: {}; right is http://host:port/path or grpc://host:port/package.Service/Method",
            quote(whole), why));
  };
  Url parsed;
  const std::size_t colons = url.find("://");
  const std::string_view scheme = url.substr(0, colons == std::string_view::npos ? 0 : colons);
  if (scheme != "http" && scheme != "https" && scheme != "grpc" && scheme != "grpcs") {
    return wrong("it does not begin with http://, https://, grpc:// or grpcs://");
  }
  parsed.is_grpc = scheme.starts_with("grpc");
  parsed.is_secure = scheme.ends_with('s');
  url.remove_prefix(scheme.size() + 3);
  const std::size_t path_at = url.find_first_of("/?#");
  std::string_view authority = url.substr(0, path_at);
  parsed.path = path_at == std::string_view::npos ? "/" : std::string{url.substr(path_at)};
  parsed.path = parsed.path.substr(0, parsed.path.find('#'));
  if (parsed.path.empty() || parsed.path[0] == '?') parsed.path.insert(0, "/");
  if (holds_control(parsed.path) || parsed.path.find(' ') != std::string::npos) {
    return wrong("the path holds a space or a control character (write %20)");
  }
  if (authority.find('@') != std::string_view::npos) return wrong("user names are not supported");
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos)
      return wrong("the bracket of the IPv6 address is not closed");
    parsed.endpoint.host = authority.substr(1, close - 1);
    if (close + 1 < authority.size()) {
      if (authority[close + 1] != ':') return wrong("after ']' comes a port or a path");
      port = authority.substr(close + 2);
      if (port.empty()) return wrong("the port is missing after ':'");
    }
  } else {
    const std::size_t colon = authority.find(':');
    parsed.endpoint.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = authority.substr(colon + 1);
      if (port.empty()) return wrong("the port is missing after ':'");
    }
  }
  if (parsed.endpoint.host.empty()) return wrong("the host is missing");
  if (holds_control(parsed.endpoint.host) || parsed.endpoint.host.find(' ') != std::string::npos) {
    return wrong("the host holds a space or a control character");
  }
  if (port.empty() && parsed.is_grpc) return wrong("the port is missing");
  parsed.endpoint.port = parsed.is_secure ? 443 : 80;
  if (!port.empty()) {
    int value = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (error != std::errc{} || end != port.data() + port.size() || value < 1 || value > 65535) {
      return wrong("the port is not a number from 1 to 65535");
    }
    parsed.endpoint.port = value;
  }
  return parsed;
}

std::string authority_of(const Endpoint& endpoint) {
  const bool bracketed = endpoint.host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(bracketed ? "[{}]:{}" : "{}:{}"), endpoint.host, endpoint.port);
}

}  // namespace tracetax
