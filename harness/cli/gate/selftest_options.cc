// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/selftest_options.h"

#include "harness/cli/option_reader.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

using Text = std::string;
using Texts = std::vector<std::string>;

constexpr int kMostRuns = 10'000;
constexpr std::string_view kForms = "write cpu:5us, cpu:10%, latency:2% or drop:1%";

cxxopts::Options declare_selftest() {
  cxxopts::Options declared(
      "tracetax selftest",
      "Gates arms whose difference is known, many times, and tells how often it fails without a\n"
      "reason (--aa) or finds what was injected (--inject). Runs add up in a log; without either\n"
      "option it tells what the log holds.");
  declared.positional_help("[SUITE]").custom_help("[OPTION...]");
  declared.parse_positional({"suite", "rest"});
  declared.add_options("Options")                                                     //
      ("aa", "so many more runs of the same arm twice", cxxopts::value<Text>(), "N")  //
      ("inject", "a known cost: cpu:5us, cpu:10%, latency:2% or drop:1%", cxxopts::value<Text>(),
       "WHAT")                                                                                  //
      ("runs", "so many runs with --inject", cxxopts::value<Text>()->default_value("20"), "N")  //
      ("log", "file that the runs are added to",
       cxxopts::value<Text>()->default_value("tracetax-selftest.jsonl"), "FILE")  //
      ("effort", "quick, ci, full or paper (quick with --aa, full with --inject)",
       cxxopts::value<Text>())                                                           //
      ("budget", "of the judged metric: 5%", cxxopts::value<Text>(), "BUDGET")           //
      ("stop", "looks (planned) or anytime (after any block)", cxxopts::value<Text>())   //
      ("set", "change the suite: load.rate=2k/s", cxxopts::value<Texts>(), "KEY=VALUE")  //
      ("q,quiet", "no progress")                                                         //
      ("h,help", "this text");
  declared.add_options("hidden")("suite", "", cxxopts::value<Text>())("rest", "",
                                                                      cxxopts::value<Texts>());
  return declared;
}

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
  for (const Injection known : {Injection::cpu, Injection::latency, Injection::drop}) {
    if (name == name_of(known)) injected.injection = known;
  }
  if (injected.injection == Injection::none) {
    return failure(
        ExitCode::usage,
        fmt::format("{}; {}", unknown_name("injection", name, Texts{"cpu", "latency", "drop"}),
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
void refuse_what_measures_nothing(const cxxopts::ParseResult& parsed, OptionMistakes& mistakes) {
  const bool aa = parsed.count("aa") != 0, inject = parsed.count("inject") != 0;
  if (aa && inject)
    mistakes.add("--inject", "does not go with --aa: one injects nothing, the other something");
  if (parsed.count("runs") != 0 && !inject)
    mistakes.add("--runs", "goes with --inject; with --aa write the number there: --aa 60");
  if (aa || inject) return;
  for (const char* name : {"suite", "effort", "budget", "stop", "set"}) {
    if (parsed.count(name) == 0) continue;
    const bool is_suite = std::string_view{name} == "suite";
    mistakes.add(is_suite ? "SUITE" : fmt::format("--{}", name),
                 "measures nothing without --aa or --inject; right is: tracetax selftest --aa 60");
  }
}

}  // namespace

Result<std::optional<SelftestOptions>> parse_selftest_options(int argc, char** argv) {
  cxxopts::Options declared = declare_selftest();
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Options"}));
    return std::nullopt;
  }
  const auto text = [&](const char* name) { return (*parsed)[name].as<Text>(); };
  const auto whole = [&](const char* name) { return parse_whole(text(name), 1, kMostRuns); };
  OptionMistakes mistakes;
  SelftestOptions options;
  if (parsed->count("suite") != 0) options.suite = text("suite");
  if (parsed->count("rest") != 0) mistakes.add("SUITE", "one at a time");
  const bool aa = parsed->count("aa") != 0, inject = parsed->count("inject") != 0;
  refuse_what_measures_nothing(*parsed, mistakes);
  if (aa) {
    options.asked = name_of(Injection::none);
    options.runs = static_cast<int>(mistakes.take("--aa", whole("aa")));
  }
  if (inject) {
    options.asked = text("inject");
    options.what = mistakes.take("--inject", parse_injection(options.asked));
    options.runs = static_cast<int>(mistakes.take("--runs", whole("runs")));
  }
  options.log = text("log");
  if (parsed->count("set") != 0) options.overrides.set = (*parsed)["set"].as<Texts>();
  options.gate.effort = aa ? Effort::quick : Effort::full;
  if (parsed->count("effort") != 0)
    options.gate.effort = mistakes.take("--effort", parse_effort(text("effort")));
  if (parsed->count("stop") != 0)
    options.gate.stop = mistakes.take("--stop", parse_stop_rule(text("stop")));
  GateMetric gated{.metric = judged_metric(options.what.injection),
                   .required = true,
                   .budget = {5, std::nullopt},
                   .regress_pct = 3};
  if (parsed->count("budget") != 0) {
    gated.budget =
        mistakes.take("--budget", parse_budget(gated.metric, text("budget")), gated.budget);
    // What to expect of a run is worked out from percentages alone.
    if (gated.budget.absolute)
      mistakes.add("--budget", quote(text("budget")) + " is no percentage, such as 5%");
  }
  options.gate.required = std::vector{gated};
  options.quiet = parsed->count("quiet") != 0;
  if (mistakes.any()) return failure(mistakes.error());
  return options;
}

}  // namespace tracetax
