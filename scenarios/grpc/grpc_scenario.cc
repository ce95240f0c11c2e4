// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_scenario.h"

#include <array>
#include <utility>

#include "harness/core/request/context_format.h"
#include "harness/load/session/grpc_frame.h"
#include "scenarios/http/http_request.h"
#include "scenarios/http/url.h"

namespace tracetax {
namespace {

/// Another name for traceparent may be a prefix of it, which the other formats get too.
std::string name_as(std::string_view traceparent_as, ContextField field, std::string_view name) {
  constexpr std::string_view kTraceparent = "traceparent";
  if (field == ContextField::traceparent) return std::string(traceparent_as);
  if (!traceparent_as.ends_with(kTraceparent)) return std::string(name);
  traceparent_as.remove_suffix(kTraceparent.size());
  return std::string(traceparent_as).append(name);
}

StreamTemplate named(const std::string& traceparent_as, StreamTemplate stream) {
  for (const ContextPlace& place : stream.context) {
    std::string& name = stream.fields[place.at].name;
    name = name_as(traceparent_as, place.field, name);
  }
  return stream;
}

}  // namespace

StreamTemplate grpc_stream(const std::string& path, const std::optional<Nanos>& deadline,
                           const std::vector<HeaderField>& metadata, const ScenarioUse& use,
                           bool secure) {
  StreamTemplate stream;
  stream.fields = {{":method", "POST"},
                   {":scheme", secure ? "https" : "http"},
                   {":path", path},
                   {":authority", authority_of(use.endpoint)},
                   {"te", "trailers"},
                   {"content-type", "application/grpc"},
                   {"user-agent", "tracetax/0.1"}};
  if (deadline) stream.fields.push_back({"grpc-timeout", grpc_timeout(*deadline)});
  add_context(use.context, stream);
  stream.fields.insert(stream.fields.end(), metadata.begin(), metadata.end());
  return stream;
}

std::string grpc_timeout(Nanos deadline) {
  constexpr std::array<std::pair<std::int64_t, char>, 6> kUnits{{{1, 'n'},
                                                                 {1'000, 'u'},
                                                                 {1'000'000, 'm'},
                                                                 {1'000'000'000, 'S'},
                                                                 {60'000'000'000, 'M'},
                                                                 {3'600'000'000'000, 'H'}}};
  constexpr std::int64_t kMost = 99'999'999;
  for (const auto& [ns, letter] : kUnits) {
    if (deadline.count() / ns <= kMost) return fmt::format("{}{}", deadline.count() / ns, letter);
  }
  return fmt::format("{}H", kMost);
}

Result<PreparedScenario> prepare_grpc(const GrpcOptions& options, const ScenarioUse& use) {
  const bool reflects = options.protos.empty() && options.descriptor_set.empty();
  if (reflects && !use.target_is_up) return PreparedScenario{};
  const auto schema = load_grpc_schema(options, use.endpoint);
  if (!schema) return failure(schema.error());
  const auto call = make_grpc_call(options, *schema);
  if (!call) return failure(call.error());
  if (options.turns && call->kind != GrpcKind::bidi) {
    return failure(
        ExitCode::usage,
        fmt::format("turns: {} is a {} method; only in a bidi one the two sides take turns",
                    call->path, name_of(call->kind)));
  }
  PreparedScenario scenario;
  scenario.protocol = Protocol::grpc;
  scenario.tls = options.tls;
  scenario.status_low = scenario.status_high = call->expected_status;
  scenario.deadline = call->deadline;
  scenario.answers_with_messages =
      call->kind == GrpcKind::server_stream || call->kind == GrpcKind::bidi;
  scenario.takes_turns = options.turns;
  scenario.replies_in_protobuf = true;
  std::vector<HeaderField> metadata;
  for (const auto& [name, value] : call->metadata) metadata.push_back({name, value});
  const StreamTemplate empty =
      named(options.traceparent_as,
            grpc_stream(call->path, call->deadline, metadata, use, options.tls.has_value()));
  const bool all_in_one = call->kind == GrpcKind::client_stream || call->kind == GrpcKind::bidi;
  for (const std::string& message : call->messages) {
    if (!all_in_one || scenario.streams.empty()) scenario.streams.push_back(empty);
    scenario.streams.back().messages.push_back(grpc_frame(message));
  }
  return scenario;
}

Result<PreparedScenario> prepare_grpc_scenario(const ScenarioSpec& spec, const ScenarioUse& use) {
  const auto options = read_grpc_options(spec);
  if (!options) return failure(options.error());
  auto prepared = prepare_grpc(*options, use);
  if (!prepared) return failure(prepared.error().within("scenarios." + spec.name));
  return prepared;
}

ScenarioEntry grpc_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    std::string as = "traceparent";
    if (const auto name = spec.options.find("traceparent_as");
        name != spec.options.end() && name->is_string()) {
      as = name->get<std::string>();
    }
    std::size_t bytes = 0;
    for (const ContextField field : fields_of(spec.context))
      bytes += name_as(as, field, name_of(field)).size() + size_of(field);
    return ScenarioFacts{.context_bytes = static_cast<int>(bytes)};
  };
  return {"grpc", "gRPC calls, unary or streams", {prepare_grpc_scenario, describe}};
}

}  // namespace tracetax
