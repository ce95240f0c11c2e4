// The scenario "kitex-pb": protobuf messages in Kitex's own frame.
//
//   { "kind": "kitex-pb", "method": ..., "data": ... }
//
// The frame carries no metadata, so no traceparent: what is called decides about sampling itself.
//
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/kitex_pb.h"

#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/scenario/scenario_kind.h"
#include "scenarios/rpc/rpc_call.h"

namespace tracetax {
namespace {

Result<PreparedScenario> prepare_kitex_pb(const ScenarioSpec& spec, const ScenarioUse&) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  RpcCalls calls = read_rpc_calls(fields, WireFormat::protobuf);
  fields.refuse("metadata", "the frame of kitex-pb has no place for it");
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = &kKitexPb;
  scenario.status_low = scenario.status_high = 0;
  for (const std::string& body : calls.requests) {
    RpcTemplate request;
    request.method = calls.method;
    request.sequence_at = {
        append_kitex_pb({ThriftMessageType::call, calls.method, 0}, body, request.bytes)};
    scenario.calls.push_back(std::move(request));
  }
  scenario.check = std::move(calls.check);
  return scenario;
}

}  // namespace

ScenarioEntry kitex_pb_scenario_kind() {
  const auto describe = [](const ScenarioSpec&) { return ScenarioFacts{.context_bytes = 0}; };
  return {"kitex-pb", "Kitex Protobuf calls", {prepare_kitex_pb, describe}};
}

}  // namespace tracetax
