// Blocking HTTP/1.1 POSTs on one kept-alive connection, with a deadline per request that another
// thread may bring forward. No TLS, no redirects.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/tracing/exporter.h"
#include "targets/tracing/otlp_config.h"

namespace tracetax {

struct HttpAnswer {
  unsigned status = 0;
  std::string retry_after;  // the header's value, empty when there is none
  std::string body;
};

class HttpClient {
 public:
  HttpClient(OtlpEndpoint endpoint, KeyValueList headers);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// The answer, or why there was none: connection, timeout, or an answer that is not HTTP. A kept
  /// connection that the server has closed in the meantime is opened again once.
  [[nodiscard]] Result<HttpAnswer> post(std::string_view body, bool gzip, SteadyTime deadline);

  /// Any thread: neither the running post nor a later one goes on after `deadline`.
  void limit_to(SteadyTime deadline) noexcept;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tracetax
