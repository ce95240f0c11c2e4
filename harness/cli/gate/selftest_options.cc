// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/selftest_options.h"

#include "harness/cli/gate/gate_options.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

constexpr int kMostRuns = 10'000;
constexpr std::string_view kForms = "write cpu:5us, cpu:10%, busy:10%, latency:2% or drop:1%";

}  // namespace

CommandLine declare_selftest() {
  return {
      .program = "tracetax selftest",
      .purpose =
          "Gates arms whose difference is known, many times, and tells how often it fails "
          "without a\n"
          "reason (--aa) or finds what was injected (--inject). Runs add up in a log; without "
          "either\n"
          "option it tells what the log holds.",
      .usage = "[SUITE]",
      .positionals = {"suite"},
      .groups = {{"Options",
                  {{"aa", "so many more runs of one arm against itself", one_value("N")},
                   {"inject", "a known cost: cpu:5us, cpu:10%, busy:10%, latency:2% or drop:1%",
                    one_value("WHAT")},
                   {"runs", "so many runs with --inject", one_value("N", "20")},
                   {"log", "file that the runs are added to",
                    one_value("FILE", "tracetax-selftest.jsonl")},
                   effort_option_spec("10, 20, 40 or 60 pairs at most (default: quick with --aa, "
                                      "full with --inject)"),
                   {"budget", "of the judged metric (default: 5%)", one_value("BUDGET")},
                   stop_option_spec(),
                   {"set", "change the suite: load.rate=2k/s", many_values("KEY=VALUE")},
                   {"q,quiet", "no progress"},
                   {"h,help", "this text"}}}},
      .examples = {
          {"tracetax selftest --aa 60", "off against off, 60 times: none may fail"},
          {"tracetax selftest --inject cpu:10% --runs 20", "how often a tenth more CPU is found"}}};
}

namespace {

Metric judged_metric(Injection injection) {
  return injection == Injection::latency ? Metric::response_p50 : Metric::cpu_per_request;
}

}  // namespace

Result<InjectionSize> parse_injection(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const std::string_view size =
      colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  InjectionSize injected;
  for (const Injection known :
       {Injection::cpu, Injection::busy, Injection::latency, Injection::drop}) {
    if (name == name_of(known)) injected.injection = known;
  }
  if (injected.injection == Injection::none) {
    return failure(
        ExitCode::usage,
        fmt::format("{}; {}",
                    unknown_name("injection", name,
                                 std::vector<std::string>{"cpu", "busy", "latency", "drop"}),
                    kForms));
  }
  const bool is_drop = injected.injection == Injection::drop;
  if (size.ends_with('%')) {
    const auto share = parse_sample_rate(size);
    if (!share) return failure(share.error());
    injected.share = share->share();
  } else if (!is_drop) {
    const auto time = parse_duration(size);
    if (!time) return failure(ExitCode::usage, fmt::format("{}; {}", time.error().message, kForms));
    injected.time = *time;
  } else {
    return failure(ExitCode::usage,
                   fmt::format("{} is no share of the spans; {}", quote(size), kForms));
  }
  if (injected.share.value_or(1) <= 0 || injected.time.value_or(Nanos{1}) <= Nanos{0}) {
    return failure(ExitCode::usage,
                   fmt::format("{} injects nothing; for that use --aa", quote(text)));
  }
  return injected;
}

namespace {

/// What would be passed over in silence without --aa or --inject, and what the one has and the
/// other has not.
void refuse_what_measures_nothing(OptionReader& reader) {
  const bool aa = reader.given("aa"), inject = reader.given("inject");
  if (aa && inject)
    reader.mistake("--inject", "does not go with --aa: one injects nothing, the other something");
  if (reader.given("runs") && !inject)
    reader.mistake("--runs", "goes with --inject; with --aa write the number there: --aa 60");
  if (aa || inject) return;
  refuse_options(reader, {"suite", "effort", "budget", "stop", "set"},
                 "measures nothing without --aa or --inject; right is: tracetax selftest --aa 60");
}

SelftestOptions read_selftest(OptionReader& reader) {
  SelftestOptions options;
  read_suite_name(reader, options.suite, "");
  refuse_what_measures_nothing(reader);
  if (reader.given("aa")) {
    options.asked = name_of(Injection::none);
    reader.read("aa", options.runs, whole(1, kMostRuns));
  }
  if (reader.given("inject")) {
    options.asked = reader.text("inject");
    reader.read("inject", options.what, parse_injection);
    reader.read("runs", options.runs, whole(1, kMostRuns));
  }
  options.log = reader.text("log");
  read_suite_options(reader, options);
  options.gate.effort = reader.given("aa") ? Effort::quick : Effort::full;
  reader.read("effort", options.gate.effort, parse_effort);
  reader.read("stop", options.gate.stop, parse_stop_rule);
  GateMetric gated{.metric = judged_metric(options.what.injection),
                   .required = true,
                   .budget = {5, std::nullopt},
                   .regress_pct = 3};
  reader.read("budget", gated.budget, [&gated](std::string_view text) -> Result<Budget> {
    const auto budget = parse_budget(gated.metric, text);
    // What to expect of a run is worked out from percentages alone.
    if (budget && budget->absolute)
      return failure(ExitCode::usage, quote(text) + " is no percentage, such as 5%");
    return budget;
  });
  options.gate.required = std::vector{gated};
  return options;
}

}  // namespace

Result<std::optional<SelftestOptions>> parse_selftest_options(int argc, char** argv) {
  return parse_options(declare_selftest(), argc, argv, read_selftest);
}

}  // namespace tracetax
