// Blocking HTTP/1.1 POSTs on one kept-alive connection, with TLS or without, with a deadline per
// request that another thread may bring forward. No redirects.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "targets/tracing/exporter.h"
#include "targets/tracing/otlp_config.h"

namespace tracetax {

struct HttpAnswer {
  unsigned status = 0;
  std::string retry_after;   // the header's value, empty when there is none
  std::string content_type;  // without its parameters
  std::string body;
};

/// Why there was no answer.
struct HttpProblem {
  std::string text;       // for people
  std::string error;      // as in ExportResult
  bool can_pass = false;  // another attempt may do better
};

class HttpClient {
 public:
  /// The endpoint, the headers and the certificates are the options'; those must be in order.
  HttpClient(const OtlpOptions& options, std::string_view content_type);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// The answer, or why there was none: connection, TLS, timeout, or an answer that is not HTTP. A
  /// kept connection that the server has closed in the meantime is opened again once.
  [[nodiscard]] tl::expected<HttpAnswer, HttpProblem> post(std::string_view body, bool gzip,
                                                           SteadyTime deadline);

  /// Any thread: neither the running post nor a later one goes on after `deadline`.
  void limit_to(SteadyTime deadline) noexcept;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tracetax
