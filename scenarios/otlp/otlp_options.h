// The scenario "otlp": what a suite may say about its exports.
//
//   { "kind": "otlp", "protocol": "grpc" or "http/protobuf" or "http/json", "path": "/v1/traces",
//     "spans": 512, "spans_per_trace": 4, "attributes": 10, "events": 0, "services": 1,
//     "values": "dictionary" or "random" or "50%", "errors": "1%", "late": "0%",
//     "compression": "none" or "gzip" or "zstd", "headers": {"x-key": "value"},
//     "tls": true or {...} }
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/core/suite/scenario_spec.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

enum class Packing { none, gzip, zstd };

/// Of each request.
struct SpanShape {
  int spans = 512;
  int spans_per_trace = 4;  // of the last traces one less, where it does not come out even
  int attributes = 10;      // of each span; most have 16 characters
  int events = 0;           // of each span; with one attribute
  int services = 1;         // resources, each with its part of the spans
  double random = 0;        // share of the values that are random; the others are one of 64
  double errors = 0.01;     // share of the spans with status ERROR
  double late = 0;          // share of the traces that ended a minute before they are sent
  friend bool operator==(const SpanShape&, const SpanShape&) = default;
};
inline constexpr int kSpansMax = 65'536;
inline constexpr int kAttributesMax = 128, kEventsMax = 128, kServicesMax = 1'000;

[[nodiscard]] inline int traces_of(const SpanShape& shape) {
  return (shape.spans + shape.spans_per_trace - 1) / shape.spans_per_trace;
}

struct OtlpOptions {
  OtlpProtocol protocol = OtlpProtocol::grpc;
  std::string path = "/v1/traces";  // HTTP
  SpanShape shape;
  Packing packing = Packing::none;
  std::map<std::string, std::string> headers;  // gRPC: metadata
  std::optional<TlsOptions> tls;
};

/// Reads a scenario's part of a suite. Every mistake is reported, as "scenarios.NAME.key: ...".
[[nodiscard]] Result<OtlpOptions> read_otlp_options(const ScenarioSpec& spec);

/// Errors (usage) name what would be right.
[[nodiscard]] Result<OtlpProtocol> parse_otlp_protocol(std::string_view text);
[[nodiscard]] Result<Packing> parse_packing(std::string_view text);
/// The share of random values: "dictionary" is 0, "random" 1, and "50%" a half.
[[nodiscard]] Result<double> parse_values(std::string_view text);

[[nodiscard]] std::string_view name_of(Packing packing);

}  // namespace tracetax
