// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/otlp_options.h"

#include <array>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "scenarios/http/tls_options.h"

namespace tracetax {
namespace {

constexpr std::array kProtocols{std::pair{"grpc", OtlpProtocol::grpc},
                                std::pair{"http/protobuf", OtlpProtocol::http_protobuf},
                                std::pair{"http/json", OtlpProtocol::http_json}};
constexpr std::array kPackings{std::pair{"none", Packing::none}, std::pair{"gzip", Packing::gzip},
                               std::pair{"zstd", Packing::zstd}};

template <typename Table>
auto parse_named(const Table& table, std::string_view what, std::string_view text)
    -> Result<decltype(table[0].second)> {
  std::vector<std::string> names;
  for (const auto& [name, value] : table) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  return failure(ExitCode::usage, unknown_name(what, text, names));
}

template <typename Table, typename Value>
std::string_view named(const Table& table, Value wanted) {
  for (const auto& [name, value] : table) {
    if (value == wanted) return name;
  }
  return "?";
}

double read_share(JsonFields& fields, std::string_view key, double otherwise) {
  const auto share = fields.parsed(key, parse_sample_rate);
  return share ? share->share() : otherwise;
}

SpanShape read_shape(JsonFields& fields) {
  SpanShape shape;
  const auto whole = [&](std::string_view key, int low, int high, int& place) {
    place = static_cast<int>(fields.integer(key, low, high).value_or(place));
  };
  whole("spans", 1, kSpansMax, shape.spans);
  whole("spans_per_trace", 1, kSpansMax, shape.spans_per_trace);
  whole("attributes", 0, kAttributesMax, shape.attributes);
  whole("events", 0, kEventsMax, shape.events);
  whole("services", 1, kServicesMax, shape.services);
  shape.random = fields.parsed("values", parse_values).value_or(shape.random);
  shape.errors = read_share(fields, "errors", shape.errors);
  shape.late = read_share(fields, "late", shape.late);
  return shape;
}

}  // namespace

Result<OtlpProtocol> parse_otlp_protocol(std::string_view text) {
  return parse_named(kProtocols, "protocol of OTLP", text);
}
Result<Packing> parse_packing(std::string_view text) {
  return parse_named(kPackings, "compression", text);
}
std::string_view name_of(Packing packing) { return named(kPackings, packing); }

Result<double> parse_values(std::string_view text) {
  if (text == "dictionary") return 0.0;
  if (text == "random") return 1.0;
  const auto share = parse_sample_rate(text);
  if (share) return share->share();
  return failure(ExitCode::usage,
                 fmt::format("{} is not dictionary, random or a share of random values such as 50%",
                             quote(text)));
}

Result<OtlpOptions> read_otlp_options(const ScenarioSpec& spec) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  OtlpOptions options;
  options.protocol = fields.parsed("protocol", parse_otlp_protocol).value_or(options.protocol);
  if (options.protocol == OtlpProtocol::grpc) {
    fields.refuse("path", "is for http/protobuf and http/json; gRPC has a path of its own");
  } else {
    options.path = fields.text("path").value_or(options.path);
  }
  options.shape = read_shape(fields);
  options.packing = fields.parsed("compression", parse_packing).value_or(options.packing);
  options.headers = fields.text_map("headers").value_or(options.headers);
  options.tls = read_tls(fields, spec.folder);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  return options;
}

}  // namespace tracetax
