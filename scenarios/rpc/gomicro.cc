// The scenario "gomicro": go-micro's calls, which are HTTP/1.1 with headers that name the method.
// An error comes as 200 with a header Micro-Error and no body, and so is a wrong answer.
//
//   { "kind": "gomicro", "codec": "json" (or "protobuf"), "service": "bench", "timeout": "5s",
//     "method": ... }
//
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/units.h"
#include "scenarios/http/http_request.h"
#include "scenarios/rpc/rpc_call.h"

namespace tracetax {
namespace {

constexpr std::chrono::seconds kTimeout{5};  // as its client asks for

Result<PreparedScenario> prepare_gomicro(const ScenarioSpec& spec, const ScenarioUse& use) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  const WireFormat format = fields
                                .choice<WireFormat>("codec", {{"json", WireFormat::json},
                                                              {"protobuf", WireFormat::protobuf}})
                                .value_or(WireFormat::json);
  RpcCalls calls = read_rpc_calls(fields, format);
  const std::string service = fields.text("service").value_or("bench");
  const Nanos timeout = fields.parsed("timeout", parse_duration).value_or(kTimeout);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  const std::string type = format == WireFormat::json ? "application/json" : "application/protobuf";
  const std::string endpoint = fmt::format("Bench.{}", calls.method);
  std::vector<HttpRequest> requests;
  for (const std::string& body : calls.requests) {
    HttpRequest& request = requests.emplace_back();
    request.method = "POST";
    // One call at a time on a connection, so that one id serves all.
    request.headers = {{"Content-Type", type},
                       {"Accept", type},
                       {"Micro-Service", service},
                       {"Micro-Endpoint", endpoint},
                       {"Micro-Method", endpoint},
                       {"Micro-Id", "1"},
                       {"Timeout", std::to_string(timeout.count())}};
    request.body = body;
  }
  auto scenario =
      prepare_http(requests, {.status_low = 200, .status_high = 200, .body_contains = ""}, {}, use);
  if (!scenario) return failure(scenario.error().within("scenarios." + spec.name));
  scenario->check = std::move(calls.check);
  return scenario;
}

}  // namespace

ScenarioEntry gomicro_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    return ScenarioFacts{.context_bytes = context_bytes(spec, kAroundHttp1Field)};
  };
  return {"gomicro", "go-micro's calls over HTTP/1.1", {prepare_gomicro, describe}};
}

}  // namespace tracetax
