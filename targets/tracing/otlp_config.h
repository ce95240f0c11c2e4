// Where and how spans are sent: the OTEL_EXPORTER_OTLP_* variables as values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/tracing/env.h"

namespace tracetax {

enum class ExportProtocol { http_protobuf, http_json, grpc };

struct OtlpEndpoint {
  std::string host = "localhost";  // IPv6 without brackets
  std::uint16_t port = 4318;
  std::string path = "/v1/traces";  // of HTTP; gRPC has none
  bool tls = false;
};
/// "http://host[:port][/path]" or https; the path is kept as it is, empty means "/". gRPC takes no
/// path. Anything else is a usage error.
[[nodiscard]] Result<OtlpEndpoint> parse_endpoint(std::string_view url, ExportProtocol protocol);

/// "127.0.0.1:4317", with brackets around IPv6: as a URL and the Host header have it.
[[nodiscard]] std::string authority_of(const OtlpEndpoint& endpoint);

/// The Go exporter's retry settings; not in any OTEL_* variable, so only tests change them.
struct RetryOptions {
  std::chrono::milliseconds first{5000};
  std::chrono::milliseconds longest{30'000};
  std::chrono::milliseconds give_up{60'000};
};

struct OtlpOptions {
  ExportProtocol protocol = ExportProtocol::http_protobuf;
  OtlpEndpoint endpoint;
  std::string root_certificates;   // PEM; empty: the system's. Those of an endpoint with TLS only
  std::string client_certificate;  // PEM, with its chain; empty: none is shown
  std::string client_key;          // PEM
  KeyValueList headers;            // gRPC: names in lower case
  std::chrono::milliseconds timeout{10'000};  // of one attempt
  std::chrono::milliseconds keepalive{0};     // gRPC: between pings; 0: none, as Go's exporter
  bool gzip = false;
  RetryOptions retry;
};

/// "https://sink:4318/v1/traces", for messages.
[[nodiscard]] std::string url_of(const OtlpOptions& options);

/// The variables of the signal (OTEL_EXPORTER_OTLP_TRACES_*) win over the generic ones. A protocol,
/// an endpoint, a compression or a certificate that cannot be used is an error; the rest warns and
/// falls back.
[[nodiscard]] Result<OtlpOptions> read_otlp_options(EnvReader& env);

}  // namespace tracetax
