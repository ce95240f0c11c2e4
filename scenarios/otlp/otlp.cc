// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/otlp.h"

#include <algorithm>
#include <memory>

#include "harness/core/text/quote.h"
#include "scenarios/grpc/grpc.h"
#include "scenarios/grpc/grpc_scenario.h"
#include "scenarios/http/http_request.h"
#include "scenarios/otlp/body_maker.h"
#include "scenarios/otlp/export_answer.h"

namespace tracetax {
namespace {

constexpr const char* kExportPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

Status check_names(const std::map<std::string, std::string>& headers) {
  for (const auto& [name, value] : headers) {
    const std::string lower = lower_case(name);
    if (lower == "content-type" || lower == "content-encoding") {
      return failure(
          ExitCode::usage,
          fmt::format("headers: {} is set by the protocol and the compression", quote(name)));
    }
  }
  return {};
}

Result<StreamTemplate> grpc_export(const OtlpOptions& options, const ScenarioUse& use) {
  const auto metadata = check_grpc_metadata(options.headers);
  if (!metadata) return failure(metadata.error().within("headers"));
  std::vector<HeaderField> fields;
  if (options.packing != Packing::none)
    fields.push_back({"grpc-encoding", std::string(name_of(options.packing))});
  for (const auto& [name, value] : *metadata) fields.push_back({name, value});
  ScenarioUse without_context = use;
  without_context.context.clear();
  return grpc_stream(kExportPath, std::nullopt, fields, without_context, options.tls.has_value());
}

Result<RequestTemplate> http_export(const OtlpOptions& options, const ScenarioUse& use) {
  HttpRequest request{.method = "POST", .path = options.path, .headers = {}, .body = {}};
  const bool is_json = options.protocol == OtlpProtocol::http_json;
  request.headers.emplace_back("Content-Type",
                               is_json ? "application/json" : "application/x-protobuf");
  if (options.packing != Packing::none)
    request.headers.emplace_back("Content-Encoding", name_of(options.packing));
  for (const auto& [name, value] : options.headers) request.headers.emplace_back(name, value);
  ScenarioUse without_context = use;
  without_context.context.clear();
  auto prepared =
      prepare_http({request}, {}, {.http2 = false, .tls = options.tls}, without_context);
  if (!prepared) return failure(prepared.error());
  RequestTemplate head = std::move(prepared->requests.front());
  // It ends with the length of the empty body: in its place comes the room for a number.
  head.bytes.resize(head.fields_end - std::string_view("0\r\n").size());
  head.length_at = head.bytes.size();
  head.bytes += std::string(kLengthWidth, ' ') + "\r\n\r\n";
  return head;
}

}  // namespace

std::size_t otlp_body_size(const OtlpOptions& options) {
  return make_body_form(options.shape, options.protocol == OtlpProtocol::http_json).size;
}

Result<PreparedScenario> prepare_otlp(const OtlpOptions& options, const ScenarioUse& use) {
  if (auto checked = check_names(options.headers); !checked) return failure(checked.error());
  PreparedScenario scenario;
  scenario.tls = options.tls;
  if (options.protocol == OtlpProtocol::grpc) {
    auto stream = grpc_export(options, use);
    if (!stream) return failure(stream.error());
    scenario.protocol = Protocol::grpc;
    scenario.status_low = scenario.status_high = 0;
    scenario.replies_in_protobuf =
        options.packing == Packing::none;  // else the reply may be packed
    scenario.streams.push_back(std::move(*stream));
  } else {
    auto head = http_export(options, use);
    if (!head) return failure(head.error());
    scenario.requests.push_back(std::move(*head));
  }
  const auto form = std::make_shared<const BodyForm>(
      make_body_form(options.shape, options.protocol == OtlpProtocol::http_json));
  if (form->size > kOtlpBodyMax) {
    return failure(ExitCode::usage,
                   fmt::format("spans: a request of {} spans has {}, at most {} are possible",
                               options.shape.spans, format_bytes(static_cast<double>(form->size)),
                               format_bytes(static_cast<double>(kOtlpBodyMax))));
  }
  SpanExports& exports = scenario.exports.emplace();
  exports.new_maker = [form, packing = options.packing] {
    const auto maker = std::make_shared<BodyMaker>(form, packing);
    return
        [maker](const BodyRequest& request, BodyBuffer& out) { return maker->make(request, out); };
  };
  exports.read = answer_reader(options.protocol);
  exports.packed = options.packing != Packing::none;
  exports.spans = options.shape.spans;
  exports.traces = traces_of(options.shape);
  return scenario;
}

namespace {

Result<PreparedScenario> prepare_otlp_scenario(const ScenarioSpec& spec, const ScenarioUse& use) {
  const auto options = read_otlp_options(spec);
  if (!options) return failure(options.error());
  auto prepared = prepare_otlp(*options, use);
  if (!prepared) return failure(prepared.error().within("scenarios." + spec.name));
  return prepared;
}

}  // namespace

ScenarioEntry otlp_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    const auto options = read_otlp_options(spec);
    return ScenarioFacts{
        .context_bytes = 0,
        .spans_carried = options ? std::optional(options->shape.spans) : std::nullopt};
  };
  return {
      "otlp", "exports of made-up spans to an OTLP receiver", {prepare_otlp_scenario, describe}};
}

}  // namespace tracetax
