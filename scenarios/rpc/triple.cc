// The scenario "triple", Dubbo's protocol over HTTP/2: gRPC's framing, which its own clients use
// unless told otherwise, or a bare body ("unary").
//
//   { "kind": "triple", "framing": "grpc" (or "unary"), "codec": "proto" (or "json", unary),
//     "deadline": "1s", "service": ..., "version": "1.0.0", "group": "g", "method": ... }
//
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/units.h"
#include "harness/load/session/grpc_frame.h"
#include "scenarios/grpc/grpc_scenario.h"
#include "scenarios/http/http_request.h"
#include "scenarios/rpc/rpc_call.h"

namespace tracetax {
namespace {

constexpr std::string_view kProtocolVersion = "0.1.0";

struct TripleOptions {
  RpcCalls calls;
  bool unary = false;
  WireFormat format = WireFormat::protobuf;
  std::string service{kBenchService};
  std::optional<Nanos> deadline;
  std::vector<std::pair<std::string, std::string>> headers;  // version and group
};

TripleOptions read_triple_options(JsonFields& fields) {
  TripleOptions options;
  options.unary =
      fields.choice<bool>("framing", {{"grpc", false}, {"unary", true}}).value_or(false);
  options.format = fields
                       .choice<WireFormat>(
                           "codec", {{"proto", WireFormat::protobuf}, {"json", WireFormat::json}})
                       .value_or(options.format);
  if (options.format == WireFormat::json && !options.unary) {
    fields.mistake("codec", R"(json goes with "framing": "unary")");
  }
  options.calls = read_rpc_calls(fields, options.format);
  options.service = fields.text("service").value_or(options.service);
  options.deadline = fields.parsed("deadline", parse_duration);
  if (options.deadline && *options.deadline < std::chrono::milliseconds{1}) {
    fields.mistake("deadline",
                   "is told in milliseconds, so it is 1ms or more; leave it out for none");
  }
  for (const char* key : {"version", "group"}) {
    if (auto value = fields.text(key))
      options.headers.emplace_back(fmt::format("tri-service-{}", key), std::move(*value));
  }
  return options;
}

Result<PreparedScenario> unary_scenario(const TripleOptions& options, const ScenarioUse& use) {
  std::vector<HttpRequest> requests;
  for (const std::string& body : options.calls.requests) {
    HttpRequest& request = requests.emplace_back();
    request.method = "POST";
    request.path = fmt::format("/{}/{}", options.service, options.calls.method);
    request.headers = {{"content-type", options.format == WireFormat::json ? "application/json"
                                                                           : "application/proto"},
                       {"triple-protocol-version", std::string(kProtocolVersion)}};
    if (options.deadline) {
      const auto ms =
          std::chrono::duration_cast<std::chrono::milliseconds>(*options.deadline).count();
      request.headers.emplace_back("triple-timeout-ms", std::to_string(ms));
    }
    request.headers.insert(request.headers.end(), options.headers.begin(), options.headers.end());
    request.body = body;
  }
  return prepare_http(requests, {.status_low = 200, .status_high = 200, .body_contains = ""},
                      {.http2 = true}, use);
}

Result<PreparedScenario> grpc_scenario(const TripleOptions& options, const ScenarioUse& use) {
  PreparedScenario scenario;
  scenario.protocol = Protocol::grpc;
  scenario.status_low = scenario.status_high = 0;
  scenario.deadline = options.deadline;
  std::vector<HeaderField> metadata;
  for (const auto& [name, value] : options.headers) metadata.push_back({name, value});
  const std::string path = fmt::format("/{}/{}", options.service, options.calls.method);
  for (const std::string& message : options.calls.requests) {
    scenario.streams.push_back(grpc_stream(path, options.deadline, metadata, use, false));
    scenario.streams.back().messages = {grpc_frame(message)};
  }
  return scenario;
}

// A gRPC body is its messages, framed: of a unary call one.
AnswerCheck within_frame(AnswerCheck check) {
  return [check = std::move(check)](std::uint64_t number, int status, std::string_view body) {
    const auto message = take_grpc_message(body);
    return message && body.empty() && check(number, status, *message);
  };
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<PreparedScenario> prepare_triple(const ScenarioSpec& spec, const ScenarioUse& use) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  TripleOptions options = read_triple_options(fields);
  for (const auto& [name, value] : options.headers) {
    if (!is_printable(value))
      fields.mistake(name.substr(name.rfind('-') + 1), "is printable ASCII without spaces");
  }
  for (const auto& [key, value] :
       {std::pair{"service", &options.service}, {"method", &options.calls.method}}) {
    if (!is_printable(*value))
      fields.mistake(key, "becomes part of a path, so it is printable ASCII without spaces");
  }
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  auto scenario = options.unary ? unary_scenario(options, use) : grpc_scenario(options, use);
  if (!scenario) return failure(scenario.error().within("scenarios." + spec.name));
  scenario->check = std::move(options.calls.check);
  if (!options.unary && scenario->check) scenario->check = within_frame(std::move(scenario->check));
  return scenario;
}

}  // namespace

ScenarioEntry triple_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    return ScenarioFacts{.context_bytes = context_bytes(spec, 0)};
  };
  return {"triple", "Dubbo's Triple calls, in gRPC's framing or bare", {prepare_triple, describe}};
}

}  // namespace tracetax
