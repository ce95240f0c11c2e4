// The encodings that OTLP bodies come in, by name, and the way back to the plain body.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "harness/otlp/decode.h"

namespace tracetax {

/// What is taken, for those who are refused.
inline constexpr std::string_view kOtlpEncodings = "identity, gzip, deflate, zstd, snappy";
/// As grpc-accept-encoding and Accept-Encoding have it.
inline constexpr std::string_view kOtlpAcceptEncoding = "identity,gzip,deflate,zstd,snappy";

/// By the name in Content-Encoding or grpc-encoding, in any case; empty is identity. "zlib" is
/// deflate and "x-snappy-framed" is snappy, as the OpenTelemetry Collector has it. Nothing for a
/// name that is not known.
[[nodiscard]] std::optional<OtlpEncoding> otlp_encoding(std::string_view name);

/// The plain body, at most kOtlpMaxRequestBytes. An error if it is larger, damaged or cut off.
[[nodiscard]] Result<std::string> unpack_otlp(OtlpEncoding encoding, std::string_view body);

}  // namespace tracetax
