// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/propagation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tracetax {
namespace {

constexpr std::size_t kBinarySize =
    29;  // version, then (field number, value) for trace, span, flags

constexpr std::array<std::pair<Propagator, std::string_view>, 6> kNames{{
    {Propagator::trace_context, "tracecontext"},
    {Propagator::baggage, "baggage"},
    {Propagator::b3_multi, "b3multi"},
    {Propagator::ot, "ottrace"},
    {Propagator::kratos_metadata, "metadata"},
    {Propagator::grpc_binary, "grpc-trace-bin"},
}};

std::optional<TraceContext> from_hex(std::string_view trace, std::string_view span, bool sampled) {
  // Half a trace id stands for one with zeros before it.
  std::string whole(trace.size() == 16 ? 16 : 0, '0');
  whole += trace;
  const auto trace_id = trace_id_from_hex(whole);
  const auto span_id = span_id_from_hex(span);
  if (!trace_id || !span_id || !trace_id->valid() || !span_id->valid()) return std::nullopt;
  return TraceContext{*trace_id, *span_id, sampled ? kSampledFlag : std::uint8_t{0}};
}

std::optional<TraceContext> from_b3(const Exchange& exchange) {
  const std::string_view trace = exchange.header("X-B3-TraceId");
  if (trace.empty()) return std::nullopt;
  return from_hex(trace, exchange.header("X-B3-SpanId"), exchange.header("X-B3-Sampled") == "1");
}

std::optional<TraceContext> from_ot(const Exchange& exchange) {
  const std::string_view trace = exchange.header("ot-tracer-traceid");
  if (trace.empty()) return std::nullopt;
  return from_hex(trace, exchange.header("ot-tracer-spanid"),
                  exchange.header("ot-tracer-sampled") == "true");
}

std::optional<TraceContext> from_binary(std::string_view bytes) {
  if (bytes.size() != kBinarySize || bytes[0] != 0 || bytes[1] != 0 || bytes[18] != 1 ||
      bytes[27] != 2) {
    return std::nullopt;
  }
  TraceContext context;
  std::ranges::copy(bytes.substr(2, 16), context.trace_id.bytes.begin());
  std::ranges::copy(bytes.substr(19, 8), context.span_id.bytes.begin());
  context.flags = static_cast<std::uint8_t>(bytes[28]);
  if (!context.trace_id.valid() || !context.span_id.valid()) return std::nullopt;
  return context;
}

std::string to_binary(const TraceContext& context) {
  std::string bytes(kBinarySize, '\0');
  std::ranges::copy(context.trace_id.bytes, bytes.begin() + 2);
  bytes[18] = 1;
  std::ranges::copy(context.span_id.bytes, bytes.begin() + 19);
  bytes[27] = 2;
  bytes[28] = static_cast<char>(context.flags);
  return bytes;
}

}  // namespace

std::optional<TraceContext> extract_context(Propagators propagators, const Tracer& tracer,
                                            const Exchange& exchange,
                                            std::string_view traceparent_header) {
  if (!tracer.propagates()) return std::nullopt;
  std::optional<TraceContext> found;
  const auto take = [&found](std::optional<TraceContext> context) {
    if (context) found = context;
  };
  if (propagators.has(Propagator::b3_multi)) take(from_b3(exchange));
  if (propagators.has(Propagator::ot)) take(from_ot(exchange));
  if (propagators.has(Propagator::grpc_binary))
    take(from_binary(exchange.header("grpc-trace-bin")));
  if (propagators.has(Propagator::trace_context)) {
    take(tracer.extract(exchange.header(traceparent_header)));
  }
  return found;
}

void inject_context(Propagators propagators, const Tracer& tracer, const TraceContext& context,
                    const Exchange& exchange, HeaderList& out) {
  if (!tracer.propagates() || !context.trace_id.valid() || !context.span_id.valid()) return;
  const bool sampled = context.sampled();
  if (propagators.has(Propagator::b3_multi)) {
    out.push_back({"x-b3-traceid", to_hex(context.trace_id)});
    out.push_back({"x-b3-spanid", to_hex(context.span_id)});
    out.push_back({"x-b3-sampled", sampled ? "1" : "0"});
  }
  if (propagators.has(Propagator::ot)) {
    out.push_back({"ot-tracer-traceid", to_hex(context.trace_id).substr(16)});
    out.push_back({"ot-tracer-spanid", to_hex(context.span_id)});
    out.push_back({"ot-tracer-sampled", sampled ? "true" : "false"});
  }
  if (propagators.has(Propagator::kratos_metadata)) out.push_back({"x-md-service-name", "bench"});
  if (propagators.has(Propagator::grpc_binary)) {
    out.push_back({"grpc-trace-bin", to_binary(context)});
  }
  if (propagators.has(Propagator::baggage)) {
    const std::string_view baggage = exchange.header("baggage");
    if (!baggage.empty()) out.push_back({"baggage", std::string(baggage)});
  }
  if (propagators.has(Propagator::trace_context)) {
    out.push_back({"traceparent", format_traceparent(context)});
  }
}

std::string describe(Propagators propagators) {
  std::string text;
  for (const auto& [one, name] : kNames) {
    if (propagators.has(one)) text.append(text.empty() ? "" : ",").append(name);
  }
  return text.empty() ? "none" : text;
}

}  // namespace tracetax
