// One unhurried request, read and checked in full: what every measurement starts with.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>

#include "harness/core/text/quote.h"
#include "harness/core/text/sha256.h"
#include "harness/core/text/url_parts.h"
#include "harness/load/engine.h"
#include "harness/load/session/monotonic.h"
#include "harness/load/worker.h"

namespace tracetax {
namespace {

std::atomic<std::uint64_t> checks{0};

// The beginning of an answer as a person can read it.
std::string beginning_of(std::string_view body) { return quote(body.substr(0, 60)); }

std::string expected_codes(const PreparedScenario& scenario) {
  if (scenario.protocol == Protocol::rpc) return "a reply";
  if (scenario.protocol == Protocol::grpc)
    return grpc_code_name(static_cast<std::uint32_t>(scenario.status_low));
  // Of the one request that is sent, number 0.
  const std::size_t size = std::max(scenario.requests.size(), scenario.streams.size());
  const StatusRange right = scenario.expected_of(size == 0 ? 0 : scenario.index_of(0, size));
  return right.low == right.high ? std::to_string(right.low)
                                 : fmt::format("{}-{}", right.low, right.high);
}

// The answer's code where that is a name; empty: it is a status of HTTP.
std::string code_name(const Ending& ending) {
  switch (ending.kind) {
    case Ending::Kind::grpc:
      return grpc_code_name(ending.code);
    case Ending::Kind::exception:
      return "the exception " + exception_name(ending.code);
    case Ending::Kind::tars:
      return "the code " + tars_code_name(ending.code);
    case Ending::Kind::reply:
      return "a reply";
    default:
      return "";
  }
}

// Exports to a place that knows none.
std::string export_hint(const KeptAnswer& kept, const PreparedScenario& scenario) {
  if (!scenario.exports || scenario.requests.empty()) return "";
  if (kept.body.find("gRPC") != std::string::npos)
    return R"(; OTLP over gRPC is otlp:// (in a suite "protocol": "grpc"))";
  if (kept.ending->code != 404 && kept.ending->code != 405) return "";
  std::string_view path = scenario.requests.front().bytes;
  path.remove_prefix(path.find(' ') + 1);
  return fmt::format(": {} is not where it takes spans; the usual path of OTLP is /v1/traces",
                     quote(path.substr(0, path.find(' '))));
}

// What was wrong with an answer that came in whole.
std::string unexpected(const KeptAnswer& kept, const PreparedScenario& scenario) {
  if (const std::string name = code_name(*kept.ending); !name.empty()) {
    return fmt::format("answered {}{}{}, expected {}", name, kept.grpc_message.empty() ? "" : ": ",
                       printable(kept.grpc_message, 200), expected_codes(scenario));
  }
  if (kept.ending->code / 100 == 3 && !kept.location.empty()) {
    return fmt::format(
        "answered status {}, expected {}: it points to {}, and redirects are not followed; ask "
        "for that, or expect {}",
        kept.ending->code, expected_codes(scenario), quote(kept.location), kept.ending->code);
  }
  return fmt::format("answered status {}, expected {}{}; body begins with {}", kept.ending->code,
                     expected_codes(scenario), export_hint(kept, scenario),
                     beginning_of(kept.body));
}

// What was wrong with an answer whose status was right: the scenario's own check refused it.
std::string refused(const KeptAnswer& kept) {
  const std::string name = code_name(*kept.ending);
  return fmt::format(
      "wrong_answer: the scenario's check refused the answer; {}, body begins with {}",
      name.empty() ? fmt::format("status {}", kept.ending->code) : name, beginning_of(kept.body));
}

}  // namespace

RequestIds ids_of_check(std::uint64_t number) {
  static const auto seed = static_cast<std::uint64_t>(monotonic_ns());
  return {derive_seed(seed, number), SampleRate{}};
}

std::uint64_t checks_begun() { return checks.load(); }

Result<CheckedAnswer> check_once(const Endpoint& endpoint, const PreparedScenario& scenario,
                                 Nanos timeout, const std::stop_token& stop) {
  const std::string place = authority_text(endpoint.host, endpoint.port);
  const auto address = resolve(endpoint);
  if (!address) return failure(address.error());
  LoadSetup setup;
  setup.endpoint = endpoint;
  setup.scenario = scenario;
  setup.connections = setup.streams = 1;
  setup.timeout = timeout;
  Worker worker(setup, *address, 0, 1, 1);
  worker.keep_answers();
  if (auto connected = worker.connect_all(stop); !connected) {
    Error error = connected.error();
    if (scenario.exports && error.message.ends_with("Connection refused"))
      error.message += "; is a receiver of OTLP up there? For a first try `tracetax sink` is one";
    return failure(std::move(error));
  }
  LoadPhase one;
  one.closed = true;
  one.count = 1;
  one.duration = timeout;
  one.ids = ids_of_check(checks.fetch_add(1));
  worker.prepare(one);
  worker.run(monotonic_ns(), stop, nullptr);

  if (stop.stop_requested()) return failure(ExitCode::interrupted, "interrupted");

  const KeptAnswer& kept = worker.kept();
  const LoadResult& result = worker.recorded().result();
  const auto wrong = [&](std::string what) {
    return failure(ExitCode::invalid, fmt::format("{}: {}", place, what));
  };
  if (!kept.ending || kept.ending->kind == Ending::Kind::error ||
      kept.ending->kind == Ending::Kind::stream_reset) {
    if (!kept.problem.empty()) return wrong(kept.problem);
    if (!kept.grpc_message.empty()) return wrong(printable(kept.grpc_message, 200));
    const ErrorCounts& errors = result.errors;
    return wrong(fmt::format("no whole answer came: {}",
                             errors.empty() ? "timed out" : errors.begin()->first));
  }
  CheckedAnswer answer;
  answer.status = static_cast<int>(kept.ending->code);
  answer.body = kept.body;
  answer.body_sha256_prefix = sha256_hex(answer.body).substr(0, 16);
  if (result.errors.contains("wrong_answer")) return wrong(refused(kept));
  if (result.ok != 1) return wrong(unexpected(kept, scenario));
  if (answer.body.find(scenario.body_contains) == std::string::npos) {
    return wrong(fmt::format("the answer does not contain {}; it begins with {}",
                             quote(scenario.body_contains), beginning_of(answer.body)));
  }
  return answer;
}

}  // namespace tracetax
