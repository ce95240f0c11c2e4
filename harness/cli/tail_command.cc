// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/tail_command.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <vector>

#include "harness/core/text/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/run/tail/tail_stage.h"

namespace tracetax {

CommandLine declare_tail() {
  return {
      .program = "tracetax tail",
      .purpose =
          "Receives OTLP (protobuf), gathers the spans of each trace, waits, and passes on the\n"
          "traces that a policy keeps, as an OpenTelemetry Collector with\n"
          "tailsamplingprocessor does.",
      .groups = {{"Tail sampling",
                  {{"to", "where kept traces go", one_value("http://HOST:PORT")},
                   {"keep",
                    "error, latency=500ms, ratio=10% or always, one of which is enough; without "
                    "it errors, more than $TAIL_LATENCY_MS, and $TAIL_RATIO_PCT % of all",
                    many_values("POLICY,...")},
                   {"decision-wait", "how long a trace is waited for, in whole seconds",
                    one_value("TIME", "30s")},
                   {"num-traces", "traces in memory, decided ones too; the oldest go",
                    one_value("N", "50k")},
                   {"hash-salt", "of the ratio", one_value("TEXT", std::string(kTailHashSalt))},
                   {"sampled-cache-size", "ids of kept traces that are remembered",
                    one_value("N", "0")},
                   {"non-sampled-cache-size", "the same of dropped ones", one_value("N", "0")},
                   {"memory", "bound on spans that wait", one_value("SIZE", "512MiB")}}},
                 {"Ports, on 127.0.0.1; 0 takes any free one",
                  {{"http", "of OTLP/HTTP", one_value("PORT", "4318")},
                   {"grpc", "of OTLP/gRPC", one_value("PORT")},
                   {"metrics", "of GET /metrics, with the Collector's names", one_value("PORT")},
                   {"h,help", "this text"}}}},
      .examples = {{"tracetax tail --to http://127.0.0.1:4318 --http 5318 --keep error,ratio=10%",
                    "before a sink: errors, and a tenth of the rest"}}};
}

namespace {

/// "0", or what is a count.
Result<std::size_t> parse_size(const std::string& text) {
  if (text == "0") return std::size_t{0};
  return parse_count(text).map([](std::uint64_t count) { return std::size_t{count}; });
}

Result<std::chrono::seconds> parse_wait(const std::string& text) {
  const auto time = parse_duration(text);
  if (!time) return failure(time.error());
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(*time);
  if (whole != *time || whole.count() < 1)
    return failure(ExitCode::usage,
                   fmt::format("{} is not one or more whole seconds, such as 2s", quote(text)));
  return whole;
}

/// Of the environment, so that an arm of a suite can change it.
std::vector<std::string> policies_of_environment() {
  std::vector<std::string> policies;
  const char* latency = std::getenv("TAIL_LATENCY_MS");
  const char* ratio = std::getenv("TAIL_RATIO_PCT");
  if (latency != nullptr || ratio != nullptr) policies.emplace_back("error");
  if (latency != nullptr) policies.push_back(fmt::format("latency={}ms", latency));
  if (ratio != nullptr) policies.push_back(fmt::format("ratio={}%", ratio));
  return policies;
}

void read_policies(OptionReader& reader, std::vector<TailPolicy>& policies) {
  std::vector<std::string> texts;
  for (const std::string& list : reader.texts("keep")) {
    for (std::size_t from = 0; from <= list.size();) {
      const std::size_t comma = std::min(list.find(',', from), list.size());
      texts.push_back(list.substr(from, comma - from));
      from = comma + 1;
    }
  }
  if (!reader.given("keep")) texts = policies_of_environment();
  if (texts.empty()) reader.mistake("--keep", "is missing: what? Such as --keep error,ratio=10%");
  for (const std::string& text : texts) {
    TailPolicy policy = reader.take("--keep", parse_tail_policy(text));
    for (const TailPolicy& other : policies)
      if (other.kind == policy.kind)
        reader.mistake("--keep", fmt::format("there are two policies {}", policy.name()));
    policy.salt = reader.text("hash-salt");
    policies.push_back(std::move(policy));
  }
}

TailStageOptions read_tail(OptionReader& reader) {
  TailStageOptions options;
  TailRules& rules = options.rules;
  const auto optional_port = [](const std::string& text) {
    return whole(0, 65535)(text).map([](int port) { return std::optional{port}; });
  };
  reader.read("to", options.to, parse_tail_destination);
  reader.read("decision-wait", rules.decision_wait, parse_wait);
  reader.read("num-traces", rules.num_traces, parse_count);
  reader.read("sampled-cache-size", rules.sampled_cache_size, parse_size);
  reader.read("non-sampled-cache-size", rules.not_sampled_cache_size, parse_size);
  reader.read("memory", options.memory_bytes, parse_bytes);
  reader.read("http", options.doors.http_port, whole(0, 65535));
  reader.read("grpc", options.doors.grpc_port, optional_port);
  reader.read("metrics", options.metrics_port, optional_port);
  read_policies(reader, rules.policies);
  if (!reader.given("to"))
    reader.mistake("--to", "is missing: where to? Such as --to http://127.0.0.1:4318");
  if (reader.given("rest")) {
    reader.mistake("tracetax tail", fmt::format("takes options only; what is {}?",
                                                quote(reader.texts("rest").front())));
  }
  return options;
}

}  // namespace

Result<ExitCode> tail_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_tail(), argc, argv, read_tail);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const Status ran = run_tail_stage(**parsed);
  return ran ? Result<ExitCode>{ExitCode::pass} : failure(ran.error());
}

}  // namespace tracetax
