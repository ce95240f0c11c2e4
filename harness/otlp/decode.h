// OTLP trace payloads (ExportTraceServiceRequest), as protobuf or JSON, to the few facts of each
// span that a receipt needs. It checks what it reads. Of names and attributes it keeps only
// service.name, how many attributes there were, and marks (span_marks.h); where trees are checked
// names and links too.
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
  std::uint64_t rejected_spans =
      0;  // so many, the last ones, were told as rejected: not to be kept
};

/// Where texts go that are kept, each if it is wanted.
struct NamesSeen {
  ServiceNames* services =
      nullptr;                      // gives the spans the index of their service.name; else it is 0
  std::string* raw_path = nullptr;  // while it is empty, gets a name that is marked as a raw path,
                                    // at most kRawPathMost bytes of it
  TreeFacts* facts = nullptr;       // names of spans, links and counts, where trees are checked
};
inline constexpr std::size_t kRawPathMost = 80;

/// Appends the payload's spans to `out` and returns how many there were. On an error (malformed
/// encoding, an id of the wrong length or all zero, a wrong type, too deep or too large) nothing
/// has been appended. A link whose ids are not right is none. An all-zero parent id means none, as
/// an absent one does.
[[nodiscard]] Result<std::uint32_t> decode_payload(const OtlpPayload& payload,
                                                   std::vector<SpanSeen>& out,
                                                   const NamesSeen& names = {});

/// The same for a body that is not compressed.
[[nodiscard]] Result<std::uint32_t> decode_spans(OtlpFormat format, std::string_view body,
                                                 std::uint64_t arrived_unix_ns,
                                                 std::vector<SpanSeen>& out,
                                                 const NamesSeen& names = {});

}  // namespace tracetax
