// The scenario "thrift": strict binary messages, framed or in TTHeader.
//
//   { "kind": "thrift", "method": "Echo", "data": {"text": "hello"},
//     "framing": "framed" (or "ttheader"), ... }
//
// What goes with ttheader: ttheader_call.h. Framed messages carry no metadata, so no context: what
// they call decides about sampling itself.
//
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/wire/thrift_binary.h"
#include "scenarios/rpc/ttheader_call.h"

namespace tracetax {
namespace {

struct ThriftOptions {
  RpcCalls calls;
  std::optional<TtHeaderOptions> ttheader;  // none: framed
};

ThriftOptions read_thrift_options(JsonFields& fields) {
  ThriftOptions options;
  options.calls = read_rpc_calls(fields, WireFormat::thrift);
  options.ttheader = read_ttheader_options(fields);
  return options;
}

RpcTemplate thrift_template(const ThriftOptions& options, const std::string& arguments,
                            const ContextFormats& context) {
  RpcTemplate request;
  request.method = options.calls.method;
  std::string& out = request.bytes;
  TtFrame frame;
  if (options.ttheader) {
    frame = begin_ttheader_call(*options.ttheader, kTtThriftBinary, context, request);
  } else {
    frame.at = begin_frame(out);
  }
  request.sequence_at.push_back(
      ThriftWriter(out).message({ThriftMessageType::call, options.calls.method, 0}));
  out += arguments;
  end_frame(out, frame.at);
  return request;
}

Result<PreparedScenario> prepare_thrift(const ScenarioSpec& spec, const ScenarioUse& use) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  ThriftOptions options = read_thrift_options(fields);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = !options.ttheader             ? &kFramedThrift
                     : options.ttheader->multiplex ? &kTtHeaderMux
                                                   : &kTtHeader;
  scenario.status_low = scenario.status_high = 0;
  for (const std::string& arguments : options.calls.requests) {
    scenario.calls.push_back(thrift_template(options, arguments, use.context));
  }
  scenario.check = std::move(options.calls.check);
  return scenario;
}

}  // namespace

ScenarioEntry thrift_scenario_kind() {
  return {"thrift", "Thrift calls, framed or in TTHeader", {prepare_thrift, ttheader_facts}};
}

}  // namespace tracetax
