// The scenario "kitex-pb": protobuf messages in Kitex's own frame.
//
//   { "kind": "kitex-pb", "method": ..., "data": ..., "framing": "framed" (or "ttheader"), ... }
//
// What goes with ttheader: ttheader_call.h. The frame alone carries no metadata, so no context:
// what is called decides about sampling itself.
//
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/kitex_pb.h"

#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/scenario/scenario_kind.h"
#include "scenarios/rpc/ttheader_call.h"

namespace tracetax {
namespace {

Result<PreparedScenario> prepare_kitex_pb(const ScenarioSpec& spec, const ScenarioUse& use) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  RpcCalls calls = read_rpc_calls(fields, WireFormat::protobuf);
  const auto ttheader = read_ttheader_options(fields);
  if (ttheader && ttheader->multiplex)
    fields.mistake("multiplex", "goes with Thrift; kitex-pb is called once at a time here");
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = ttheader ? &kTtHeaderPb : &kKitexPb;
  scenario.status_low = scenario.status_high = 0;
  for (const std::string& body : calls.requests) {
    RpcTemplate request;
    request.method = calls.method;
    TtFrame frame;
    if (ttheader) frame = begin_ttheader_call(*ttheader, kTtKitexProtobuf, use.context, request);
    request.sequence_at.push_back(
        append_kitex_pb({ThriftMessageType::call, calls.method, 0}, body, request.bytes));
    if (ttheader) end_ttheader(request.bytes, frame);
    scenario.calls.push_back(std::move(request));
  }
  scenario.check = std::move(calls.check);
  return scenario;
}

}  // namespace

ScenarioEntry kitex_pb_scenario_kind() {
  return {"kitex-pb",
          "Kitex Protobuf calls, framed or in TTHeader",
          {prepare_kitex_pb, ttheader_facts}};
}

}  // namespace tracetax
