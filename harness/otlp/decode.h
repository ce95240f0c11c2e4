// OTLP trace payloads (ExportTraceServiceRequest), as protobuf or JSON, to the few facts of each
// span that a receipt needs. It checks what it reads. Of names and attributes it keeps only
// service.name, and how many attributes there were.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/receipt/service_names.h"
#include "harness/core/text/error.h"

namespace tracetax {

enum class OtlpFormat : std::uint8_t { protobuf, json };
/// How a body is packed. `deflate` is zlib's stream or the raw one; `snappy` framed or one block.
enum class OtlpEncoding : std::uint8_t { identity, gzip, deflate, zstd, snappy };

/// OTLP's own bound for a request; it holds for the body as sent and for the unpacked one.
inline constexpr std::size_t kOtlpMaxRequestBytes = 64U << 20U;
/// Levels of nesting that a JSON payload may have; protobuf's own limit is the same.
inline constexpr std::size_t kOtlpMaxDepth = 100;

/// A request body as it came in.
struct OtlpPayload {
  std::string body;
  OtlpFormat format = OtlpFormat::protobuf;
  OtlpEncoding encoding = OtlpEncoding::identity;
  std::uint64_t arrived_unix_ns = 0;
};

/// Appends the payload's spans to `out` and returns how many there were. On an error (malformed
/// encoding, an id of the wrong length or all zero, a wrong type, too deep or too large) nothing
/// has been appended. An all-zero parent id means none, as an absent one does. The spans'
/// service.name goes into `services`, which gives them their index; without it their service stays
/// 0.
[[nodiscard]] Result<std::uint32_t> decode_payload(const OtlpPayload& payload,
                                                   std::vector<SpanSeen>& out,
                                                   ServiceNames* services = nullptr);

/// The same for a body that is not compressed.
[[nodiscard]] Result<std::uint32_t> decode_spans(OtlpFormat format, std::string_view body,
                                                 std::uint64_t arrived_unix_ns,
                                                 std::vector<SpanSeen>& out,
                                                 ServiceNames* services = nullptr);

}  // namespace tracetax
