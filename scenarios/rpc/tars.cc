// The scenario "tars": JCE in Tars' packets, several calls at once on each connection.
//
//   { "kind": "tars", "servant": "tracetax.Bench.BenchObj", "timeout": "3s", "metadata": {...},
//     "method": ... }
//
// SPDX-License-Identifier: Apache-2.0
#include <ranges>

#include "harness/core/request/context_format.h"
#include "harness/core/text/units.h"
#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/wire/tars_packet.h"
#include "scenarios/rpc/rpc_call.h"

namespace tracetax {
namespace {

constexpr std::chrono::milliseconds kTarsTimeout{3000};  // as TarsGo asks for
constexpr std::size_t kJceTextHead = 2;  // type and 8-bit length: of a JCE map's key and value

struct Options {
  RpcCalls calls;
  std::string servant{kBenchServant};
  std::int32_t timeout_ms = 0;
  std::map<std::string, std::string> metadata;
};

Options read_options(JsonFields& fields) {
  Options options;
  options.calls = read_rpc_calls(fields, WireFormat::jce);
  options.servant = fields.text("servant").value_or(options.servant);
  const Nanos timeout = fields.parsed("timeout", parse_duration).value_or(kTarsTimeout);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  if (milliseconds < 1 || milliseconds > INT32_MAX) {
    fields.mistake("timeout", "is told in milliseconds, so it is from 1ms to 24h");
  } else {
    options.timeout_ms = static_cast<std::int32_t>(milliseconds);
  }
  options.metadata = fields.text_map("metadata").value_or(options.metadata);
  return options;
}

RpcTemplate template_of(const Options& options, const std::string& buffer,
                        const ContextFormats& context) {
  TarsRequest packet;
  packet.servant = options.servant;
  packet.function = options.calls.method;
  packet.buffer = buffer;
  packet.timeout_ms = options.timeout_ms;
  for (const auto& [key, value] : options.metadata) packet.context.emplace_back(key, value);
  std::vector<std::string> values;  // the status only points into them
  for (const ContextField field : fields_of(context)) values.push_back(format_context(field, {}));
  for (std::size_t i = 0; i < values.size(); ++i)
    packet.status.emplace_back(name_of(fields_of(context)[i]), values[i]);
  RpcTemplate request;
  request.method = options.calls.method;
  request.sequence_at = {append_tars_request(packet, request.bytes)};
  // The status map is the last field, and these are its only entries.
  std::size_t at = request.bytes.size();
  for (const ContextField field : fields_of(context) | std::views::reverse) {
    at -= size_of(field);
    request.context.push_back({field, at});
    at -= name_of(field).size() + 2 * kJceTextHead;
  }
  return request;
}

Result<PreparedScenario> prepare_tars(const ScenarioSpec& spec, const ScenarioUse& use) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  Options options = read_options(fields);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = &kTars;
  scenario.status_low = scenario.status_high = 0;
  for (const std::string& buffer : options.calls.requests) {
    scenario.calls.push_back(template_of(options, buffer, use.context));
  }
  scenario.check = std::move(options.calls.check);
  return scenario;
}

}  // namespace

ScenarioEntry tars_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    return ScenarioFacts{.context_bytes = context_bytes(spec, 2 * kJceTextHead)};
  };
  return {"tars", "Tars calls", {prepare_tars, describe}};
}

}  // namespace tracetax
