// A trace context as text, in the formats beside W3C's, each by the rules of its propagator in
// opentelemetry-go-contrib v1.45 (propagators/). It differs in one thing: Jaeger's header may be
// percent-encoded, as Jaeger's own documents ask. Ids are in lower case everywhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/request/trace_context.h"

namespace tracetax {

/// Debug is a stronger "sampled". Deferred: the caller has not decided.
struct B3Context {
  std::optional<TraceContext> context{};
  bool debug = false;  // even where there are no ids
  bool deferred = false;
};
/// "{trace}-{span}-{sampling}-{parent}"; the last two may be missing, or all but the third.
[[nodiscard]] B3Context parse_b3(std::string_view header);

/// The values of the X-B3-... headers, empty where there is none.
struct B3Headers {
  std::string_view trace_id{};
  std::string_view span_id{};
  std::string_view parent_span_id{};
  std::string_view sampled{};
  std::string_view flags{};
};
[[nodiscard]] B3Context parse_b3(const B3Headers& headers);
/// What says whether it is sampled: "d", "0" or "1"; empty if that is left open.
[[nodiscard]] std::string_view b3_sampling(const B3Context& b3);
[[nodiscard]] std::string format_b3(const B3Context& b3);

struct JaegerContext {
  TraceContext context;
  bool debug = false;
};
/// "{trace}:{span}:{parent}:{flags}"; leading zeros may be missing.
[[nodiscard]] std::optional<JaegerContext> parse_jaeger(std::string_view header);
[[nodiscard]] std::string format_jaeger(const JaegerContext& jaeger);

/// "Root=1-{8 digits}-{24 digits};Parent={span};Sampled=1", in any order.
[[nodiscard]] std::optional<TraceContext> parse_xray(std::string_view header);
[[nodiscard]] std::string format_xray(const TraceContext& context);

/// The values of the ot-tracer-... headers.
[[nodiscard]] std::optional<TraceContext> parse_ot(std::string_view trace_id,
                                                   std::string_view span_id,
                                                   std::string_view sampled);

/// grpc-trace-bin: version, then field number and value of trace, span and flags.
[[nodiscard]] std::optional<TraceContext> parse_grpc_binary(std::string_view bytes);
[[nodiscard]] std::string format_grpc_binary(const TraceContext& context);

}  // namespace tracetax
