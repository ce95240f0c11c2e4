// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/selftest_command.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/selftest_tally.h"
#include "harness/cli/gate/gate_run.h"
#include "harness/cli/gate/selftest_options.h"
#include "harness/cli/gate/selftest_suite.h"
#include "harness/cli/measurement.h"
#include "harness/core/metric_value.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/run/process/interrupt.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

Result<std::vector<SelftestRecord>> read_log(const std::string& path) {
  constexpr std::size_t kLargestLog = std::size_t{1} << 28;
  std::error_code code;
  if (!std::filesystem::exists(path, code) && !code) return std::vector<SelftestRecord>{};
  const auto text = read_file(path, kLargestLog);
  if (!text) return failure(text.error().within("--log"));
  return parse_selftest_log(*text, path);
}

/// Adds `text` to the end of the log; without text it only finds out whether that can be done.
Status append_to_log(const std::string& path, const std::string& text) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "a"),
      [](std::FILE* opened) { return opened == nullptr ? 0 : std::fclose(opened); });
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    return failure(ExitCode::usage, fmt::format("--log: {} cannot be written: {}", quote(path),
                                                std::strerror(errno)));
  }
  return {};
}

std::optional<double> typical(const RunResult& result, Metric metric) {
  std::vector<double> values;
  for (const SegmentRecord& segment : result.segments) {
    if (const auto value = value_of(segment, metric)) values.push_back(*value);
  }
  return median(std::move(values));
}

Result<Baseline> measure_baseline(const Suite& suite, const SelftestOptions& options,
                                  const ScenarioKinds& kinds, int argc, char** argv) {
  auto off_only = suite_for_baseline(suite, options);
  if (!off_only) return failure(off_only.error());
  MeasureRequest request;
  request.suite = std::move(*off_only);
  request.argv.assign(argv, argv + argc);
  request.quiet = options.quiet;
  request.title = "baseline";
  const auto measured = measure(std::move(request), kinds, nullptr);
  if (!measured) return failure(measured.error());
  if (interrupt_count().load() > 0)
    return failure(interrupt_exit_code(), "interrupted before the first run");
  if (!measured->executed) return failure(measured->executed.error());
  const RunResult& result = measured->result;
  const auto cpu = typical(result, Metric::cpu_per_request),
             p50 = typical(result, Metric::response_p50);
  if (!cpu || !p50) {
    return failure(ExitCode::invalid, "the untouched service could not be measured: " +
                                          (result.partial_reason.empty() ? "no valid segment"
                                                                         : result.partial_reason));
  }
  return Baseline{.rate = result.cell_rates.front(), .cpu_us = *cpu, .response_p50_ns = *p50};
}

/// What was injected, as a percentage of what this run's own off needed.
std::optional<double> truth_of(const SelftestSuite& made, const SelftestOptions& options,
                               const Judgement& judgement) {
  if (options.what.injection == Injection::none) return 0;
  const auto test = std::ranges::find_if(judgement.tests, &GatedTest::required);
  if (!made.injected || test == judgement.tests.end() || !test->reference_value)
    return std::nullopt;
  // In nanoseconds, like what is injected.
  const double reference = test->metric->unit.in_smallest(*test->reference_value);
  return 100 * static_cast<double>(made.injected->count()) / reference;
}

Result<SelftestRecord> run_once(const SelftestSuite& made, const SelftestOptions& options,
                                const ScenarioKinds& kinds, const std::string& title, int argc,
                                char** argv) {
  MeasureRequest request;
  request.suite = made.suite;
  request.gate = made.gate;
  request.argv.assign(argv, argv + argc);
  request.quiet = options.quiet;
  request.title = title;
  request.look = look_for_verdict(std::nullopt);
  const auto start = Clock::now();
  const auto measured = measure(std::move(request), kinds, nullptr);
  if (!measured) return failure(measured.error());
  const Judgement judgement = judge(measured->result);
  SelftestRecord record = record_of(measured->result, judgement);
  record.injection = options.what.injection;
  record.asked = options.asked;
  record.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  record.truth_pct = truth_of(made, options, judgement);
  return record;
}

/// Runs what was asked for; every finished run is in the log before the next one begins.
Status run_all(const SelftestOptions& options, int argc, char** argv) {
  const auto kinds = ScenarioKinds::with_plugins({});
  if (!kinds) return failure(kinds.error());
  const auto suite = read_checked_suite(options.suite, options.overrides, *kinds);
  if (!suite) return failure(suite.error());
  if (auto possible = append_to_log(options.log, ""); !possible) return possible;
  const auto baseline = measure_baseline(*suite, options, *kinds, argc, argv);
  if (!baseline) return failure(baseline.error());
  const auto made = suite_for_selftest(*suite, options, *baseline);
  if (!made) return failure(made.error());
  for (int run = 1; run <= options.runs; ++run) {
    const auto record =
        run_once(*made, options, *kinds, fmt::format("{} {}/{}", options.asked, run, options.runs),
                 argc, argv);
    if (interrupt_count().load() > 0) return {};
    if (!record) return failure(record.error());
    if (auto added = append_to_log(options.log, to_json_line(*record) + "\n"); !added) return added;
    if (!options.quiet) {
      fmt::print(stderr, "{} {}/{}: {}{}\n", options.asked, run, options.runs,
                 name_of(record->verdict),
                 record->reason.empty() ? "" : " (" + record->reason + ")");
    }
  }
  return {};
}

}  // namespace

Result<ExitCode> selftest_command(int argc, char** argv) {
  const auto parsed = parse_selftest_options(argc, argv);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const SelftestOptions& options = **parsed;
  if (auto earlier = read_log(options.log); !earlier) return failure(earlier.error());
  const Status ran = options.runs > 0 ? run_all(options, argc, argv) : Status{};
  const auto records = read_log(options.log);
  if (!records) return failure(records.error());
  if (records->empty() && ran && interrupt_count().load() == 0) {
    return failure(
        ExitCode::usage,
        fmt::format("{} holds no run; right is: tracetax selftest --aa 60", quote(options.log)));
  }
  bool all_hold = true, some_judged = false;
  for (const SelftestTally& tally : tally_selftests(*records)) {
    fmt::print("{}", describe(tally));
    const bool of_this_call = options.runs == 0 || tally.asked == options.asked;
    all_hold = all_hold && (!of_this_call || holds(tally));
    some_judged =
        some_judged || (of_this_call && (tally.judged > 0 || tally.expected == Verdict::invalid));
  }
  if (interrupt_count().load() > 0) {
    fmt::print(stderr, "tracetax: interrupted; the run that was under way is not in {}\n",
               quote(options.log));
    return interrupt_exit_code();
  }
  if (!ran) return failure(ran.error());
  if (!some_judged)
    return failure(ExitCode::invalid, "no run could be judged, so nothing is proven");
  return all_hold ? ExitCode::pass : ExitCode::fail;
}

}  // namespace tracetax
