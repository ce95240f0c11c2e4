// An HTTP request as a person describes it, and as what the load engine sends: bytes of HTTP/1.1,
// or the fields and data of an HTTP/2 stream.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// What HTTP/1.1 puts around a header field: ": " and CR LF.
inline constexpr std::size_t kAroundHttp1Field = 4;

struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";  // with its query; begins with '/' (or is '*')
  std::vector<std::pair<std::string, std::string>> headers;  // in this order; override the defaults
  std::string body;
  std::optional<StatusRange> expected{};  // of a right answer; none: as all of the scenario
};

/// What all requests of a scenario share.
struct HttpExpectation {
  int status_low = 200, status_high = 299;
  std::string body_contains;
};

/// How the requests travel.
struct HttpTransport {
  bool http2 = false;  // from the first byte on ("prior knowledge"), or by ALPN
  std::optional<TlsOptions> tls{};
};

/// Serialises the requests once. Adds host, user-agent, accept, what carries the context (first, at
/// fixed offsets) and, for a body or a POST, PUT or PATCH, content-length. Errors: method, path or
/// header with characters that HTTP does not allow there; a content-length, transfer-encoding or a
/// header of any context format of the user's own.
[[nodiscard]] Result<PreparedScenario> prepare_http(const std::vector<HttpRequest>& requests,
                                                    const HttpExpectation& expectation,
                                                    const HttpTransport& transport,
                                                    const ScenarioUse& use);

/// Fields for the context, behind those that the stream has.
void add_context(const ContextFormats& formats, StreamTemplate& stream);

/// Whether the user has given such a header, in upper or lower case.
[[nodiscard]] bool has_header(const HttpRequest& request, std::string_view name);

/// What prepare_http() asks of one request, by itself. Header values are not told: they may be
/// secrets.
[[nodiscard]] Status check_http(const HttpRequest& request);

/// "200", "2xx", "200-299" into the expectation's bounds.
[[nodiscard]] Result<std::pair<int, int>> parse_status_range(std::string_view text);

/// "Name: value" as curl takes it.
[[nodiscard]] Result<std::pair<std::string, std::string>> parse_header(std::string_view text);

}  // namespace tracetax
