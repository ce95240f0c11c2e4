// OTLP/gRPC: one unary call per batch on one channel of grpc++. Which answers are worth a retry is
// OTLP's list; how long to wait is the receiver's RetryInfo, if it sends one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <optional>

#include "targets/tracing/export/otlp_transport.h"
#include "targets/tracing/otlp_config.h"

namespace tracetax {

/// https means TLS with `root_certificates`, or the system's where there are none, and the client's
/// certificate if there is one. grpc++'s own retries and proxies are off. A shutdown ends the
/// running call at its deadline.
[[nodiscard]] std::unique_ptr<OtlpTransport> make_otlp_grpc_transport(const OtlpOptions& options);

/// The delay in the status's RetryInfo, capped at one hour; nothing when it has none.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_delay(const grpc::Status& status);

/// By OTLP's table: RESOURCE_EXHAUSTED is retryable only with a RetryInfo.
[[nodiscard]] bool is_retryable(const grpc::Status& status);

}  // namespace tracetax
