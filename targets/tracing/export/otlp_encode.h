// Spans to the bytes of an OTLP ExportTraceServiceRequest.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "targets/tracing/env.h"
#include "targets/tracing/span.h"

namespace tracetax::otlp {
class ExportTraceServiceRequest;
}

namespace tracetax {

/// Of the semantic conventions that the resource of Go's SDK v1.45 follows.
inline constexpr std::string_view kResourceSchema = "https://opentelemetry.io/schemas/1.43.0";

/// Keeps its memory between batches. One thread at a time.
class OtlpEncoder {
 public:
  OtlpEncoder(KeyValueList resource, std::string scope_name, std::string scope_version);

  /// The encoded request; valid until the next call.
  [[nodiscard]] const std::string& encode(std::span<const SpanPointer> batch);
  /// The same in OTLP/JSON.
  [[nodiscard]] const std::string& encode_json(std::span<const SpanPointer> batch);

 private:
  void fill(std::span<const SpanPointer> batch, otlp::ExportTraceServiceRequest& request) const;

  KeyValueList resource_;
  std::string scope_name_;
  std::string scope_version_;
  std::string bytes_;
};

}  // namespace tracetax
