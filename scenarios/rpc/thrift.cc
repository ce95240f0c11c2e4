// The scenario "thrift": strict binary messages, framed or in TTHeader.
//
//   { "kind": "thrift", "framing": "framed" (or "ttheader"), "method": "Echo",
//     "data": {"text": "hello"},
//     "service": "bench.v1.Bench", "multiplex": true, "metadata": {"key": "value"} }
//
// The last three go with ttheader. Framed messages carry no metadata, so no traceparent: what they
// call decides about sampling itself.
//
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/trace_context.h"
#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/wire/thrift_binary.h"
#include "harness/wire/ttheader.h"
#include "scenarios/rpc/rpc_call.h"

namespace tracetax {
namespace {

constexpr std::size_t kTextMax = 4096;  // of a key or a value
// TTHeader names what is meant for this call, and has two 16-bit lengths.
constexpr int kTtHeaderContextBytes =
    static_cast<int>(kTtTraceparentKey.size() + kTraceparentSize) + 4;

struct ThriftOptions {
  RpcCalls calls;
  bool ttheader = false;
  bool multiplex = false;
  std::string service{kBenchService};
  std::map<std::string, std::string> metadata;
};

ThriftOptions read_thrift_options(JsonFields& fields) {
  ThriftOptions options;
  options.calls = read_rpc_calls(fields, WireFormat::thrift);
  options.ttheader =
      fields.choice<bool>("framing", {{"framed", false}, {"ttheader", true}}).value_or(false);
  if (!options.ttheader) {
    for (const char* key : {"service", "multiplex", "metadata"}) {
      fields.refuse(key,
                    R"(goes with "framing": "ttheader"; a framed message has no place for it)");
    }
    return options;
  }
  options.multiplex = fields.boolean("multiplex").value_or(false);
  options.service = fields.text("service").value_or(options.service);
  options.metadata = fields.text_map("metadata").value_or(options.metadata);
  for (const auto& [key, value] : options.metadata) {
    if (key == kTtTraceparentKey)
      fields.mistake("metadata", "traceparent is written by tracetax itself, for each call");
    if (key.size() > kTextMax || value.size() > kTextMax) {
      fields.mistake("metadata", fmt::format("a key or value is over {} bytes", kTextMax));
    }
  }
  if (options.service.size() > kTextMax)
    fields.mistake("service", fmt::format("is over {} bytes", kTextMax));
  return options;
}

RpcTemplate thrift_template(const ThriftOptions& options, const std::string& arguments,
                            bool send_traceparent) {
  const std::string traceparent(kTraceparentSize, '0');
  RpcTemplate request;
  request.method = options.calls.method;
  std::string& out = request.bytes;
  TtFrame frame;
  if (options.ttheader) {
    constexpr std::size_t kSequenceAt = 8;
    TtHeader header;
    if (options.multiplex) header.flags = kTtOutOfOrder;
    if (send_traceparent) header.texts.emplace_back(kTtTraceparentKey, traceparent);
    for (const auto& [key, value] : options.metadata) header.texts.emplace_back(key, value);
    header.integers = {{kTtToService, options.service}, {kTtToMethod, options.calls.method}};
    frame = begin_ttheader(header, out);
    request.sequence_at.push_back(kSequenceAt);
    request.has_traceparent = send_traceparent;
    // Ours is the first of the texts, right behind its key.
    if (send_traceparent) {
      request.traceparent_at =
          out.find(kTtTraceparentKey) + kTtTraceparentKey.size() + sizeof(std::uint16_t);
    }
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
  std::size_t header_size = 0;
  for (const auto& [key, value] : options.metadata) header_size += key.size() + value.size() + 4;
  if (header_size > kTtHeaderMax - 2 * kTextMax - 1024) {
    fields.mistake("metadata", fmt::format("is over what a header holds ({} bytes)", kTtHeaderMax));
  }
  if (!mistakes.empty()) return failure(mistakes.error());
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = !options.ttheader   ? &kFramedThrift
                     : options.multiplex ? &kTtHeaderMux
                                         : &kTtHeader;
  scenario.status_low = scenario.status_high = 0;
  for (const std::string& arguments : options.calls.requests) {
    scenario.calls.push_back(thrift_template(options, arguments, use.send_traceparent));
  }
  scenario.check = std::move(options.calls.check);
  return scenario;
}

}  // namespace

ScenarioEntry thrift_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    return ScenarioFacts{.context_bytes =
                             says(spec, "framing", "ttheader") ? kTtHeaderContextBytes : 0};
  };
  return {"thrift", "Thrift calls, framed or in TTHeader", {prepare_thrift, describe}};
}

}  // namespace tracetax
