// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_otlp.h"

#include <algorithm>

#include "harness/cli/suite_options.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"
#include "harness/core/validity.h"
#include "harness/run/process/pinning.h"
#include "scenarios/http/http_request.h"

namespace tracetax {
namespace {

double seconds_of(const LoadResult& result) {
  return static_cast<double>(result.elapsed.count()) / 1e9;
}

std::uint64_t answered(const OtlpAccount& account) {
  return account.spans_accepted + account.spans_rejected;
}

double per_span(double value, const OtlpAccount& account) {
  return answered(account) == 0 ? 0 : value / static_cast<double>(answered(account));
}

double cpu_us_per_span(const LoadResult& result) {
  return per_span(static_cast<double>((result.cpu - result.cpu_spinning).count()) / 1e3,
                  *result.otlp);
}

double spans_per_second(const LoadResult& result) {
  const double seconds = seconds_of(result);
  return seconds > 0 ? static_cast<double>(result.otlp->spans_accepted) / seconds : 0;
}

/// Of its CPUs, without active waiting.
double busy_share(const LoadOptions& options, const LoadResult& result, int cpus) {
  const double threads = std::clamp(cpus, 1, options.threads);
  const double seconds = seconds_of(result);
  const auto worked = static_cast<double>((result.cpu - result.cpu_spinning).count()) / 1e9;
  return seconds > 0 ? worked / (seconds * threads) : 0;
}

/// Of the driver's work: writing and compressing bodies.
double making_share(const LoadResult& result) {
  const auto worked = static_cast<double>((result.cpu - result.cpu_spinning).count());
  return worked > 0 ? std::min(1.0, static_cast<double>(result.otlp->making_ns) / worked) : 0;
}

int cpus_at_hand() { return static_cast<int>(allowed_cpus().size()); }

std::string limit_words(const LoadOptions& options, const LoadResult& result) {
  const int cpus = cpus_at_hand();
  const double busy = 100 * busy_share(options, result, cpus);
  switch (load_limit(options, result, cpus)) {
    case LoadLimit::rate:
      return fmt::format("the rate that was asked for; the driver worked {:.0f} % of the time",
                         busy);
    case LoadLimit::driver:
      return fmt::format("the driver: it worked {:.0f} % of the time of {} thread{}", busy,
                         options.threads, options.threads == 1 ? "" : "s");
    case LoadLimit::receiver:
      return fmt::format("the receiver, the way to it or a shared CPU; the driver worked {:.0f} %",
                         busy);
  }
  return "";
}

}  // namespace

std::vector<OptionSpec> otlp_option_specs() {
  return {
      {"spans", "of each request", one_value("", "512")},
      {"spans-per-trace", "of these", one_value("", "4")},
      {"attributes", "of each span", one_value("", "10")},
      {"events", "of each span", one_value("", "0")},
      {"services", "resources of a request, which share its spans", one_value("", "1")},
      {"values", "dictionary, random, or a share of random ones such as 50%",
       one_value("", "dictionary")},
      {"errors", "share of the spans with status ERROR", one_value("", "1%")},
      {"late", "share of the traces that ended a minute before", one_value("", "0%")},
      {"compression", "none, gzip or zstd", one_of("", {"none", "gzip", "zstd"}, "none")},
      {"protocol", "otlp+http: http/protobuf or http/json",
       one_of("", {"http/protobuf", "http/json"}, "http/protobuf")},
  };
}

OtlpOptions read_otlp_options(OptionReader& reader, const Url& url) {
  OtlpOptions options;
  if (url.is_grpc) {
    if (url.path != "/")
      reader.mistake("URL", "has a path, but gRPC has one of its own; right is otlp://host:4317");
    refuse_options(reader, {"protocol"}, "is for otlp+http:// and otlp+https:// URLs");
    options.protocol = OtlpProtocol::grpc;
  } else {
    options.path = url.path;
    options.protocol = OtlpProtocol::http_protobuf;
    reader.read("protocol", options.protocol, parse_otlp_protocol);
    if (options.protocol == OtlpProtocol::grpc)
      reader.mistake("--protocol", "grpc is what otlp:// URLs speak");
  }
  SpanShape& shape = options.shape;
  reader.read("spans", shape.spans, whole(1, kSpansMax));
  reader.read("spans-per-trace", shape.spans_per_trace, whole(1, kSpansMax));
  reader.read("attributes", shape.attributes, whole(0, kAttributesMax));
  reader.read("events", shape.events, whole(0, kEventsMax));
  reader.read("services", shape.services, whole(1, kServicesMax));
  reader.read("values", shape.random, parse_values);
  SampleRate share;
  reader.read("errors", share, parse_sample_rate);
  shape.errors = share.share();
  reader.read("late", share, parse_sample_rate);
  shape.late = share.share();
  reader.read("compression", options.packing, parse_packing);
  for (const std::string& header : reader.texts("header")) {
    const auto [name, value] = reader.take("--header", parse_header(header));
    if (!options.headers.emplace(name, value).second)
      reader.mistake("--header",
                     fmt::format("{} stands twice; a request has it once", quote(name)));
  }
  refuse_options(reader,
                 {"method", "request", "body", "body-file", "http2", "user", "rows", "scenario",
                  "cookies", "proto", "import-path", "descriptor-set", "data", "deadline",
                  "messages", "turns", "expect-status", "expect-body"},
                 "is not for OTLP: the requests are exports of spans");
  refuse_options(reader, {"sampling", "context", "no-traceparent"},
                 "is not for OTLP: all spans are sent, and exports carry no context");
  return options;
}

void refuse_otlp_options(OptionReader& reader) {
  refuse_options(reader,
                 {"spans", "spans-per-trace", "attributes", "events", "services", "values",
                  "errors", "late", "compression", "protocol"},
                 "is for otlp:// and otlp+http:// URLs");
}

std::string otlp_words(const OtlpOptions& options) {
  return fmt::format(
      "{} spans over {}{}", options.shape.spans,
      options.protocol == OtlpProtocol::grpc ? "gRPC" : name_of(options.protocol),
      options.packing == Packing::none ? "" : fmt::format(", {}", name_of(options.packing)));
}

LoadLimit load_limit(const LoadOptions& options, const LoadResult& result, int cpus) {
  if (!options.closed && result.achieved_rate >= kMinAchievedShare * result.asked_rate)
    return LoadLimit::rate;
  return busy_share(options, result, cpus) > kMaxDriverBusy ? LoadLimit::driver
                                                            : LoadLimit::receiver;
}

std::string_view name_of(LoadLimit limit) {
  switch (limit) {
    case LoadLimit::rate:
      return "rate";
    case LoadLimit::driver:
      return "driver";
    case LoadLimit::receiver:
      return "receiver";
  }
  return "?";
}

std::string otlp_rows(const LoadOptions& options, const LoadResult& result) {
  const OtlpAccount& account = *result.otlp;
  std::string text =
      fmt::format("  spans     {}/s accepted: {}, and {} rejected\n",
                  format_count(static_cast<std::uint64_t>(spans_per_second(result))),
                  format_count(account.spans_accepted), format_count(account.spans_rejected));
  if (const auto bytes = account.bytes_per_span()) {
    text += fmt::format("  bytes     {:.0f} a span on the wire", *bytes);
    if (options.otlp && options.otlp->packing != Packing::none)
      text += fmt::format("; {} packs {:.1f} to 1", name_of(options.otlp->packing),
                          account.compression_ratio().value_or(1));
    text += '\n';
  }
  if (answered(account) == 0) return text;
  text += fmt::format("  a span    {} CPU of the driver, {:.0f} % of it to make bodies\n",
                      format_nanos(1e3 * cpu_us_per_span(result)), 100 * making_share(result));
  return text + fmt::format("  limit     {}\n", limit_words(options, result));
}

Json otlp_json(const LoadOptions& options, const LoadResult& result) {
  const OtlpAccount& account = *result.otlp;
  Json json = Json::object();
  if (options.otlp) {
    const SpanShape& shape = options.otlp->shape;
    json = {{"protocol", name_of(options.otlp->protocol)},
            {"compression", name_of(options.otlp->packing)},
            {"spans", shape.spans},
            {"spans_per_trace", shape.spans_per_trace},
            {"attributes", shape.attributes},
            {"events", shape.events},
            {"services", shape.services},
            {"random_values", shape.random},
            {"errors", shape.errors},
            {"late", shape.late}};
  }
  const auto or_null = [](std::optional<double> value) { return value ? Json(*value) : Json(); };
  json["spans_per_s"] = spans_per_second(result);
  json["spans_sent"] = account.spans_sent;
  json["spans_accepted"] = account.spans_accepted;
  json["spans_rejected"] = account.spans_rejected;
  json["partial_successes"] = account.partial_successes;
  json["warnings"] = account.warnings;
  json["retryable"] = Json::object();
  for (const auto& [kind, count] : account.retryable) json["retryable"][kind] = count;
  json["message"] = account.message.empty() ? Json() : Json(account.message);
  json["bytes_per_span"] = or_null(account.bytes_per_span());
  json["compression_ratio"] = or_null(account.compression_ratio());
  json["cpu_us_per_span"] = answered(account) == 0 ? Json() : Json(cpu_us_per_span(result));
  json["making_share"] = making_share(result);
  json["limit"] = name_of(load_limit(options, result, cpus_at_hand()));
  return json;
}

std::vector<std::string> otlp_warnings(const LoadResult& result) {
  const OtlpAccount& account = *result.otlp;
  std::vector<std::string> warnings;
  const std::string said =
      account.message.empty() ? "" : fmt::format("; it said: '{}'", account.message);
  if (account.spans_rejected > 0) {
    warnings.push_back(fmt::format(
        "the receiver rejected {} spans in {} answers (partial success): they are lost{}",
        format_count(account.spans_rejected), format_count(account.partial_successes), said));
  } else if (!account.message.empty()) {
    warnings.push_back(fmt::format("the receiver said: '{}'", account.message));
  }
  std::uint64_t again = 0;
  for (const auto& [kind, count] : account.retryable) again += count;
  if (again > 0) {
    warnings.push_back(
        fmt::format("{} exports got an answer after which an exporter would send again; this load "
                    "does not, so their spans count as failed",
                    format_count(again)));
  }
  return warnings;
}

}  // namespace tracetax
