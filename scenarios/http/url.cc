// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/url.h"

#include <algorithm>
#include <array>

#include "harness/core/text/quote.h"
#include "harness/core/text/url_parts.h"

namespace tracetax {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < 32 && c != '\t') || c == 127; });
}

Result<Url> parse_url(std::string_view url) {
  const auto wrong = [&](std::string_view why) {
    return failure(
        ExitCode::usage,
        fmt::format(
            "URL {}: {}; right is http://host:port/path, grpc://host:port/package.Service/Method, "
            "otlp://host:port or otlp+http://host:port/path",
            quote(url), why));
  };
  Url parsed;
  const UrlParts parts = split_url(url);
  constexpr std::array<std::string_view, 8> kSchemes{"http", "https", "grpc",      "grpcs",
                                                     "otlp", "otlps", "otlp+http", "otlp+https"};
  if (std::ranges::find(kSchemes, parts.scheme) == kSchemes.end()) {
    return wrong(
        "it does not begin with http://, https://, grpc://, grpcs://, otlp://, otlps://, "
        "otlp+http:// or otlp+https://");
  }
  parsed.is_otlp = parts.scheme.starts_with("otlp");
  const bool over_http = parts.scheme.find("http") != std::string_view::npos;
  parsed.is_grpc = !over_http;
  parsed.is_secure = parts.scheme.ends_with('s');
  parsed.path = parts.path.substr(0, parts.path.find('#'));
  if (!parsed.path.starts_with('/')) parsed.path.insert(0, "/");
  if (parsed.is_otlp && over_http && parsed.path == "/") parsed.path = "/v1/traces";
  if (has_control(parsed.path) || parsed.path.find(' ') != std::string::npos) {
    return wrong("the path holds a space or a control character (write %20)");
  }
  if (const std::size_t at = parts.authority.rfind('@'); at != std::string_view::npos) {
    if (parsed.is_grpc || parsed.is_otlp)
      return wrong("gRPC and OTLP know no user names; use -H 'authorization: ...'");
    std::string user;
    if (!decode_percent(parts.authority.substr(0, at), user) ||
        user.find(':') == std::string::npos) {
      return wrong("before '@' stands no NAME:PASSWORD, with %XX for what is no letter or digit");
    }
    auto rest = parse_url(
        fmt::format("{}://{}{}", parts.scheme, parts.authority.substr(at + 1), parts.path));
    if (rest) rest->user = std::move(user);
    return rest;
  }
  if (parts.host.starts_with('[')) return wrong("the bracket of the IPv6 address is not closed");
  if (!parts.after_host.empty() && parts.after_host[0] != ':')
    return wrong("after ']' comes a port or a path");
  if (parts.after_host == ":") return wrong("the port is missing after ':'");
  parsed.endpoint.host = parts.host;
  if (parsed.endpoint.host.empty()) return wrong("the host is missing");
  if (has_control(parsed.endpoint.host) || parsed.endpoint.host.find(' ') != std::string::npos) {
    return wrong("the host holds a space or a control character");
  }
  parsed.endpoint.port = parsed.is_secure ? 443 : 80;
  if (parsed.is_otlp) parsed.endpoint.port = over_http ? 4318 : 4317;
  if (parts.after_host.empty()) {
    if (parsed.is_grpc && !parsed.is_otlp) return wrong("the port is missing");
    return parsed;
  }
  const auto port = parse_port(parts.after_host.substr(1));
  if (!port) return wrong("the port is not a number from 1 to 65535");
  parsed.endpoint.port = *port;
  return parsed;
}

std::string authority_of(const Endpoint& endpoint) {
  return authority_text(endpoint.host, endpoint.port);
}

}  // namespace tracetax
