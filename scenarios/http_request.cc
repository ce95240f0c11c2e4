// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http_request.h"

#include <algorithm>
#include <charconv>

#include "harness/core/quote.h"
#include "harness/core/trace_context.h"

namespace tracetax {
namespace {

constexpr std::string_view kZeroTraceparent = "00-00000000000000000000000000000000-0000000000000000-00";
static_assert(kZeroTraceparent.size() == kTraceparentSize);

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 32 && c != '\t') || c == 127; });
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& header) { return same_name(header.first, name); });
}

Status check(const HttpRequest& request) {
  if (!is_token(request.method)) {
    return failure(ExitCode::usage, fmt::format("method {} is not an HTTP method, such as GET", quote(request.method)));
  }
  if (request.method == "CONNECT") {
    return failure(ExitCode::usage, "method CONNECT opens a tunnel and cannot be measured as a request");
  }
  const bool path_ok = !request.path.empty() && (request.path[0] == '/' || request.path == "*") &&
                       !has_control(request.path) && request.path.find(' ') == std::string::npos;
  if (!path_ok) {
    return failure(ExitCode::usage,
                   fmt::format("path {} must begin with '/' and hold no spaces; write %20 for one", quote(request.path)));
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || has_control(value)) {
      return failure(ExitCode::usage, fmt::format("header {} is not of the form 'Name: value'", quote(name + ": " + value)));
    }
    for (const std::string_view own : {"traceparent", "content-length", "transfer-encoding"}) {
      if (same_name(name, own)) {
        return failure(ExitCode::usage,
                       fmt::format("header {} is written by tracetax itself, for each request", quote(name)));
      }
    }
  }
  return {};
}

RequestTemplate serialise(const HttpRequest& request, const Endpoint& endpoint, bool send_traceparent) {
  RequestTemplate out;
  const bool bracketed = endpoint.host.find(':') != std::string::npos;
  std::string& bytes = out.bytes;
  bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.path);
  if (!has_header(request, "host")) {
    const std::string host = bracketed ? fmt::format("[{}]", endpoint.host) : endpoint.host;
    bytes += fmt::format("Host: {}:{}\r\n", host, endpoint.port);
  }
  if (send_traceparent) {
    bytes += "traceparent: ";
    out.traceparent_at = bytes.size();
    bytes += kZeroTraceparent;
    bytes += "\r\n";
  }
  out.has_traceparent = send_traceparent;
  if (!has_header(request, "user-agent")) bytes += "User-Agent: tracetax/0.1\r\n";
  if (!has_header(request, "accept")) bytes += "Accept: */*\r\n";
  for (const auto& [name, value] : request.headers) bytes += fmt::format("{}: {}\r\n", name, value);
  const bool takes_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (takes_body || !request.body.empty()) bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  bytes += "\r\n";
  bytes += request.body;
  out.is_head = request.method == "HEAD";
  return out;
}

}  // namespace

Result<PreparedScenario> prepare_http(const std::vector<HttpRequest>& requests,
                                      const HttpExpectation& expectation, const Endpoint& endpoint,
                                      bool send_traceparent) {
  PreparedScenario scenario;
  scenario.status_low = expectation.status_low;
  scenario.status_high = expectation.status_high;
  scenario.body_contains = expectation.body_contains;
  for (const HttpRequest& request : requests) {
    if (auto checked = check(request); !checked) return failure(checked.error());
    scenario.requests.push_back(serialise(request, endpoint, send_traceparent));
  }
  if (scenario.requests.empty()) return failure(ExitCode::usage, "requests: at least one is needed");
  return scenario;
}

Result<std::pair<int, int>> parse_status_range(std::string_view text) {
  const auto number = [](std::string_view digits) {
    int value = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size() && value >= 100 && value <= 599 ? value : -1;
  };
  if (text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5') {
    return std::pair{(text[0] - '0') * 100, (text[0] - '0') * 100 + 99};
  }
  const std::size_t dash = text.find('-');
  const int low = number(text.substr(0, dash));
  const int high = dash == std::string_view::npos ? low : number(text.substr(dash + 1));
  if (low < 0 || high < low) {
    return failure(ExitCode::usage, fmt::format("status {} is not like 200, 2xx or 200-299", quote(text)));
  }
  return std::pair{low, high};
}

Result<std::pair<std::string, std::string>> parse_header(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return failure(ExitCode::usage, fmt::format("header {} is not of the form 'Name: value'", quote(text)));
  }
  std::string_view value = text.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  return std::pair{std::string{text.substr(0, colon)}, std::string{value}};
}

Result<HttpUrl> parse_http_url(std::string_view url) {
  const std::string_view whole = url;
  const auto wrong = [&](std::string_view why) {
    return failure(ExitCode::usage,
                   fmt::format("URL {}: {}; right is http://host:port/path", quote(whole), why));
  };
  if (url.starts_with("https://")) return wrong("TLS is not supported yet");
  if (!url.starts_with("http://")) return wrong("it does not begin with http://");
  url.remove_prefix(7);
  const std::size_t path_at = url.find_first_of("/?#");
  std::string_view authority = url.substr(0, path_at);
  HttpUrl parsed;
  parsed.path = path_at == std::string_view::npos ? "/" : std::string{url.substr(path_at)};
  parsed.path = parsed.path.substr(0, parsed.path.find('#'));
  if (parsed.path.empty() || parsed.path[0] == '?') parsed.path.insert(0, "/");
  if (has_control(parsed.path) || parsed.path.find(' ') != std::string::npos) {
    return wrong("the path holds a space or a control character (write %20)");
  }
  if (authority.find('@') != std::string_view::npos) return wrong("user names are not supported");
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return wrong("the bracket of the IPv6 address is not closed");
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
  if (has_control(parsed.endpoint.host) || parsed.endpoint.host.find(' ') != std::string::npos) {
    return wrong("the host holds a space or a control character");
  }
  parsed.endpoint.port = 80;
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

}  // namespace tracetax
