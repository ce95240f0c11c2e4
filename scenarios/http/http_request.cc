// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/http_request.h"

#include <algorithm>
#include <charconv>

#include "harness/core/request/context_format.h"
#include "harness/core/text/quote.h"
#include "scenarios/http/url.h"

namespace tracetax {
namespace {

constexpr std::string_view kWhoSamples =
    "; in which formats: --context, or \"context\" of a scenario; how many of them are sampled: "
    "--sampling of tracetax load, the arms of a suite";

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

bool tells_length(const HttpRequest& request) {
  const bool takes_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  return takes_body || !request.body.empty();
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// RFC 9113, 8.2.2: these are about one connection of HTTP/1.1 and make an HTTP/2 request malformed.
bool is_of_http1(std::string_view name) {
  return name == "connection" || name == "keep-alive" || name == "proxy-connection" ||
         name == "upgrade";
}

StreamTemplate stream_of(const HttpRequest& request, const Endpoint& endpoint, bool secure,
                         const ContextFormats& context) {
  StreamTemplate out;
  std::vector<HeaderField>& fields = out.fields;
  const auto host =
      std::find_if(request.headers.begin(), request.headers.end(),
                   [](const auto& header) { return same_name(header.first, "host"); });
  fields.push_back({":method", request.method});
  fields.push_back({":scheme", secure ? "https" : "http"});
  fields.push_back(
      {":authority", host == request.headers.end() ? authority_of(endpoint) : host->second});
  fields.push_back({":path", request.path});
  add_context(context, out);
  if (!has_header(request, "user-agent")) fields.push_back({"user-agent", "tracetax/0.1"});
  if (!has_header(request, "accept")) fields.push_back({"accept", "*/*"});
  for (const auto& [name, value] : request.headers) {
    const std::string lower = in_lower_case(name);
    if (lower != "host" && !is_of_http1(lower)) fields.push_back({lower, value});
  }
  if (tells_length(request))
    fields.push_back({"content-length", std::to_string(request.body.size())});
  if (!request.body.empty()) out.messages.push_back(request.body);
  out.is_head = request.method == "HEAD";
  return out;
}

RequestTemplate serialise(const HttpRequest& request, const Endpoint& endpoint,
                          const ContextFormats& context) {
  RequestTemplate out;
  std::string& bytes = out.bytes;
  bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.path);
  if (!has_header(request, "host")) bytes += fmt::format("Host: {}\r\n", authority_of(endpoint));
  for (const ContextField field : fields_of(context)) {
    bytes += fmt::format("{}: ", name_of(field));
    out.context.push_back({field, bytes.size()});
    bytes += format_context(field, {}) + "\r\n";
  }
  if (!has_header(request, "user-agent")) bytes += "User-Agent: tracetax/0.1\r\n";
  if (!has_header(request, "accept")) bytes += "Accept: */*\r\n";
  for (const auto& [name, value] : request.headers) bytes += fmt::format("{}: {}\r\n", name, value);
  if (tells_length(request)) bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  out.fields_end = bytes.size();
  bytes += "\r\n";
  bytes += request.body;
  out.is_head = request.method == "HEAD";
  return out;
}

}  // namespace

void add_context(const ContextFormats& formats, StreamTemplate& stream) {
  for (const ContextField field : fields_of(formats)) {
    stream.context.push_back({field, stream.fields.size()});
    stream.fields.push_back(
        {in_lower_case(std::string(name_of(field))), format_context(field, {})});
  }
}

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& header) { return same_name(header.first, name); });
}

Status check_http(const HttpRequest& request) {
  if (!is_token(request.method)) {
    return failure(ExitCode::usage, fmt::format("method {} is not an HTTP method, such as GET",
                                                quote(request.method)));
  }
  if (request.method == "CONNECT") {
    return failure(ExitCode::usage,
                   "method CONNECT opens a tunnel and cannot be measured as a request");
  }
  const bool path_ok = !request.path.empty() && (request.path[0] == '/' || request.path == "*") &&
                       !has_control(request.path) && request.path.find(' ') == std::string::npos;
  if (!path_ok) {
    return failure(ExitCode::usage,
                   fmt::format("path {} must begin with '/' and hold no spaces; write %20 for one",
                               quote(request.path)));
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) {
      return failure(ExitCode::usage,
                     fmt::format("{} is no name of a header; right is 'Name: value'", quote(name)));
    }
    if (has_control(value)) {
      return failure(ExitCode::usage,
                     fmt::format("the value of header {} holds a control character, such as the "
                                 "end of a line",
                                 quote(name)));
    }
    const bool is_context = carries_context(name);
    if (is_context || same_name(name, "content-length") || same_name(name, "transfer-encoding")) {
      return failure(ExitCode::usage,
                     fmt::format("header {} is written by tracetax itself, for each request{}",
                                 quote(name), is_context ? kWhoSamples : ""));
    }
  }
  return {};
}

Result<PreparedScenario> prepare_http(const std::vector<HttpRequest>& requests,
                                      const HttpExpectation& expectation,
                                      const HttpTransport& transport, const ScenarioUse& use) {
  PreparedScenario scenario;
  scenario.protocol = transport.http2 ? Protocol::http2 : Protocol::http1;
  scenario.tls = transport.tls;
  scenario.status_low = expectation.status_low;
  scenario.status_high = expectation.status_high;
  scenario.body_contains = expectation.body_contains;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const HttpRequest& request = requests[i];
    if (auto checked = check_http(request); !checked) {
      return failure(requests.size() == 1 ? checked.error()
                                          : checked.error().within(fmt::format("requests[{}]", i)));
    }
    if (transport.http2) {
      scenario.streams.push_back(
          stream_of(request, use.endpoint, transport.tls.has_value(), use.context));
    } else {
      scenario.requests.push_back(serialise(request, use.endpoint, use.context));
    }
  }
  if (requests.empty()) return failure(ExitCode::usage, "requests: at least one is needed");
  if (std::ranges::any_of(requests, [](const auto& one) { return one.expected.has_value(); })) {
    const StatusRange usual{expectation.status_low, expectation.status_high};
    for (const HttpRequest& request : requests)
      scenario.statuses.push_back(request.expected.value_or(usual));
  }
  return scenario;
}

Result<std::pair<int, int>> parse_status_range(std::string_view text) {
  const auto number = [](std::string_view digits) {
    int value = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size() && value >= 100 &&
                   value <= 599
               ? value
               : -1;
  };
  if (text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5') {
    return std::pair{(text[0] - '0') * 100, (text[0] - '0') * 100 + 99};
  }
  const std::size_t dash = text.find('-');
  const int low = number(text.substr(0, dash));
  const int high = dash == std::string_view::npos ? low : number(text.substr(dash + 1));
  if (low < 0 || high < low) {
    return failure(ExitCode::usage,
                   fmt::format("status {} is not like 200, 2xx or 200-299", quote(text)));
  }
  return std::pair{low, high};
}

Result<std::pair<std::string, std::string>> parse_header(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return failure(ExitCode::usage,
                   fmt::format("header {} is not of the form 'Name: value'", quote(text)));
  }
  std::string_view value = text.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  return std::pair{std::string{text.substr(0, colon)}, std::string{value}};
}

}  // namespace tracetax
