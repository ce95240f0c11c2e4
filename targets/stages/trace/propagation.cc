// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/propagation.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "targets/stages/trace/context_formats.h"
#include "targets/tracing/context/trace_state.h"

namespace tracetax {
namespace {

constexpr std::uint8_t kKnownFlags = 0x03;  // sampled, random
constexpr std::string_view kOtBaggage = "ot-baggage-";

bool starts_with_in_any_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

TraceContext with_known_flags(TraceContext context) {
  context.flags &= kKnownFlags;
  return context;
}

/// Decoded text may hold line breaks.
bool fits_header(std::string_view value) {
  return std::ranges::none_of(
      value, [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; });
}

/// What one request's headers say, format after format.
class Extraction {
 public:
  explicit Extraction(const HeaderSource& headers) : headers_(headers) {}

  void look_for(Propagator format) {
    switch (format) {
      case Propagator::trace_context:
        return look_for_w3c();
      case Propagator::baggage:
        return look_for_baggage();
      case Propagator::b3:
      case Propagator::b3_multi:  // both are looked for, as in Go
        return look_for_b3();
      case Propagator::jaeger:
        return look_for_jaeger();
      case Propagator::xray:
        return take(parse_xray(headers_.first("x-amzn-trace-id")));
      case Propagator::ot:
        return look_for_ot();
      case Propagator::grpc_binary:
        return take(parse_grpc_binary(headers_.first("grpc-trace-bin")));
      case Propagator::kratos_metadata:
        return;
    }
  }

  Caller result() && {
    const Carried& c = carried_;
    const bool carries = !c.trace_state.empty() || !c.baggage.empty() || c.b3_debug ||
                         c.b3_deferred || c.jaeger_debug;
    return {caller_, carries ? std::make_shared<const Carried>(std::move(carried_)) : nullptr};
  }

 private:
  void take(const std::optional<TraceContext>& context) {
    if (!context) return;
    caller_ = context;
    carried_.trace_state.clear();  // of the context that it replaces
  }

  void look_for_w3c() {
    const std::string_view header = headers_.first("traceparent");
    if (header.empty()) return;
    auto context = parse_traceparent(header);
    // Go takes a version 00 with flags that it does not know as broken, and forgets them in others.
    if (!context || (header.starts_with("00") && context->flags > kKnownFlags)) return;
    context->flags &= kKnownFlags;
    take(context);
    carried_.trace_state = parse_trace_state(headers_.first("tracestate"));
  }

  void look_for_baggage() {
    if (headers_.first("baggage").empty()) return;
    Baggage baggage;
    std::size_t bytes = 0;
    headers_.each([&](std::string_view name, std::string_view value) {
      if (name.size() != 7 || !starts_with_in_any_case(name, "baggage")) return;
      bytes += value.size() + (bytes == 0 ? 0 : 1);
      if (bytes <= kBaggageBytes) parse_baggage(value, baggage);
    });
    if (bytes <= kBaggageBytes && !baggage.empty()) carried_.baggage = std::move(baggage);
  }

  void look_for_b3() {
    B3Context b3;
    if (const std::string_view header = headers_.first("b3"); !header.empty()) {
      b3 = parse_b3(header);
    }
    if (!b3.context) {
      const bool debug = b3.debug;
      b3 = parse_b3(B3Headers{headers_.first("x-b3-traceid"), headers_.first("x-b3-spanid"),
                              headers_.first("x-b3-parentspanid"), headers_.first("x-b3-sampled"),
                              headers_.first("x-b3-flags")});
      b3.debug = b3.debug || debug;
    }
    carried_.b3_debug = carried_.b3_debug || b3.debug;
    carried_.b3_deferred = b3.deferred;
    take(b3.context);
  }

  void look_for_jaeger() {
    const auto jaeger = parse_jaeger(headers_.first("uber-trace-id"));
    if (!jaeger) return;
    take(jaeger->context);
    carried_.jaeger_debug = carried_.jaeger_debug || jaeger->debug;
  }

  void look_for_ot() {
    const auto context =
        parse_ot(headers_.first("ot-tracer-traceid"), headers_.first("ot-tracer-spanid"),
                 headers_.first("ot-tracer-sampled"));
    if (!context) return;
    take(context);
    Baggage baggage;
    headers_.each([&](std::string_view name, std::string_view value) {
      if (!starts_with_in_any_case(name, kOtBaggage)) return;
      if (value.find_first_of(",;") != std::string_view::npos) return;  // one member, no more
      std::string member(name.substr(kOtBaggage.size()));
      std::ranges::transform(member, member.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      parse_baggage(member.append(1, '=').append(value), baggage);
    });
    carried_.baggage = std::move(baggage);
  }

  const HeaderSource& headers_;
  std::optional<TraceContext> caller_;
  Carried carried_;
};

void inject_one(Propagator format, const TraceContext& context, const Carried& carried,
                HeaderList& out) {
  const bool valid = context.trace_id.valid() && context.span_id.valid();
  const B3Context b3{valid ? std::optional(context) : std::nullopt, carried.b3_debug,
                     carried.b3_deferred};
  switch (format) {
    case Propagator::baggage:
      if (!carried.baggage.empty()) out.push_back({"baggage", format_baggage(carried.baggage)});
      return;
    // B3 says whether the trace is sampled even where there is none.
    case Propagator::b3:
      out.push_back({"b3", format_b3(b3)});
      return;
    case Propagator::b3_multi:
      if (valid) {
        out.push_back({"x-b3-traceid", to_hex(context.trace_id)});
        out.push_back({"x-b3-spanid", to_hex(context.span_id)});
      }
      if (b3.debug) {
        out.push_back({"x-b3-flags", "1"});
      } else if (!b3.deferred) {
        out.push_back({"x-b3-sampled", std::string(b3_sampling(b3))});
      }
      return;
    default:
      break;
  }
  if (!valid) return;
  switch (format) {
    case Propagator::trace_context:
      if (!carried.trace_state.empty()) out.push_back({"tracestate", carried.trace_state});
      out.push_back({"traceparent", format_traceparent(with_known_flags(context))});
      return;
    case Propagator::jaeger:
      out.push_back({"uber-trace-id", format_jaeger({context, carried.jaeger_debug})});
      return;
    case Propagator::xray:
      out.push_back({"x-amzn-trace-id", format_xray(context)});
      return;
    case Propagator::ot:
      out.push_back({"ot-tracer-traceid", to_hex(context.trace_id).substr(16)});
      out.push_back({"ot-tracer-spanid", to_hex(context.span_id)});
      out.push_back({"ot-tracer-sampled", context.sampled() ? "true" : "false"});
      for (const BaggageMember& member : carried.baggage) {
        if (!fits_header(member.value)) continue;  // where Go's client refuses the whole call
        out.push_back({std::string(kOtBaggage).append(member.key), member.value});
      }
      return;
    case Propagator::kratos_metadata:
      out.push_back({"x-md-service-name", "bench"});
      return;
    case Propagator::grpc_binary:
      out.push_back({"grpc-trace-bin", format_grpc_binary(context)});
      return;
    default:
      return;
  }
}

}  // namespace

std::string_view ExchangeHeaders::first(std::string_view name) const {
  if (prefix_.empty()) return exchange_.header(name);
  return exchange_.header(std::string(prefix_).append(name));
}

void ExchangeHeaders::each(
    const std::function<void(std::string_view, std::string_view)>& see) const {
  for (const auto& field : *exchange_.headers) {
    const auto name = field.name_string();
    const std::string_view view(name.data(), name.size());
    if (!starts_with_in_any_case(view, prefix_)) continue;
    see(view.substr(prefix_.size()), {field.value().data(), field.value().size()});
  }
}

Caller extract_context(const Propagators& propagators, const HeaderSource& headers) {
  Extraction extraction(headers);
  for (const Propagator format : propagators.all()) extraction.look_for(format);
  return std::move(extraction).result();
}

void inject_context(const Propagators& propagators, const TraceContext& context,
                    const Carried* carried, HeaderList& out) {
  static const Carried kNothing;
  for (const Propagator format : propagators.all()) {
    inject_one(format, context, carried != nullptr ? *carried : kNothing, out);
  }
}

}  // namespace tracetax
