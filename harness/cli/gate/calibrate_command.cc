// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/calibrate_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>

#include "harness/analysis/comparison.h"
#include "harness/cli/gate/gate_options.h"
#include "harness/cli/gate/gate_views.h"
#include "harness/cli/measurement.h"
#include "harness/cli/plan_text.h"
#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "harness/core/suite/check_off.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/suite/suite_writer.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/run/process/interrupt.h"
#include "harness/run/progress.h"
#include "harness/run/service/arm_environment.h"
#include "harness/run/stamp.h"
#include "harness/stats/sample.h"
#include "reports/record/calibration_json.h"
#include "reports/tables/calibration_text.h"
#include "reports/tables/table.h"

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

struct CalibrateOptions : SuiteOptions {
  std::string save;
  int blocks = 20;
};

}  // namespace

CommandLine declare_calibrate() {
  return {
      .program = "tracetax calibrate",
      .purpose =
          "Measures off against itself on the suite SUITE: how small an effect a gate finds here.",
      .usage = "SUITE",
      .positionals = {"suite"},
      .groups =
          {
              {"Options",
               {{"blocks", "pairs to measure", one_value("N", "20")},
                {"save", "where gate looks it up; holds several suites and machines",
                 one_value("FILE", kCalibrationFile)},
                {"o,out",
                 "folder for result.json and report.md of the run; none: they are not kept",
                 one_value("DIR")}}},
              {"Options", suite_option_specs("design.measure=1s")},
              {"Options", {{"q,quiet", "no progress, only the table"}, {"h,help", "this text"}}},
          },
      .examples = {{"tracetax calibrate quick", "run it on the machine that gates"}}};
}

namespace {

CalibrateOptions read_calibrate(OptionReader& reader) {
  CalibrateOptions options;
  read_suite_name(reader, options.suite, "tracetax calibrate quick");
  options.save = reader.text("save");
  if (options.save.empty()) reader.mistake("--save", "is empty; give a file");
  constexpr int kFewestBlocks = 6, kMostBlocks = 1000;
  reader.read("blocks", options.blocks, whole(kFewestBlocks, kMostBlocks));
  read_suite_options(reader, options);
  return options;
}

/// What would keep the calibration from being saved, told before anything is measured.
Status check_can_save(const std::string& file) {
  const auto all = load_calibrations(file);
  if (!all) return failure(all.error().within("--save"));
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  if (access(folder.c_str(), W_OK) != 0) {
    return failure(ExitCode::usage, fmt::format("--save: the folder {} cannot be written to",
                                                quote(folder.string())));
  }
  return {};
}

/// `suite` with off, off2 and an arm that traces and samples nothing: what is calibrated must be
/// off.
Suite suite_to_calibrate(Suite suite, int blocks) {
  ArmSpec sham = suite.arms.front();
  for (const ArmSpec& arm : suite.arms) {
    if (arm.role == ArmRole::sham) sham = arm;
  }
  if (sham.role != ArmRole::sham) {
    sham.name = "off2";
    sham.role = ArmRole::sham;
  }
  const std::vector<ArmSpec> all = with_check_off(suite).arms;
  const auto check = std::ranges::find_if(all, [](const ArmSpec& arm) {
    return arm.name == kCheckOffArm || arm.state == TracingState::drop;
  });
  suite.arms = {suite.arms.front(), sham};
  // `off` itself may be the drop state: then there is nothing to check.
  if (check != all.end() && check->role == ArmRole::traced) suite.arms.push_back(*check);
  suite.design.blocks = blocks * blocks_per_unit(suite);
  suite.reference.clear();
  suite.gate.reset();  // it names arms that are not measured here
  suite.resolved = resolved_form(suite);
  return suite;
}

/// The longest that a span of a traced arm may wait in `target`'s batch processor.
Nanos export_interval(const Suite& suite, const TargetSpec& target) {
  Nanos longest{0};
  if (target.kind == TargetKind::attached) return longest;
  for (const ArmSpec& arm : suite.arms) {
    if (arm.role != ArmRole::traced || state_of(arm, target) != TracingState::exporting) continue;
    longest = std::max(longest, batch_delay(target_command(suite, target, arm, {}).environment));
  }
  return longest;
}

std::optional<double> typical_cpu(const CellCalibration& cell) {
  const MetricCalibration* cpu = find_metric(cell, Metric::cpu_per_request);
  if (cpu == nullptr) return std::nullopt;
  return summarize(*cpu).typical;
}

std::vector<SegmentAdvice> advise_cells(const Suite& suite, const Calibration& calibration) {
  timespec resolution{0, 1};
  clock_getres(CLOCK_PROCESS_CPUTIME_ID, &resolution);
  std::vector<SegmentAdvice> advice;
  for (const CellCalibration& cell : calibration.cells) {
    SegmentNeeds needs;
    needs.rate = cell.rate;
    needs.arrivals = suite.load.arrivals;
    needs.cpu_us_per_request = typical_cpu(cell);
    needs.cpu_resolution =
        std::chrono::seconds{resolution.tv_sec} + Nanos{std::max(1L, resolution.tv_nsec)};
    const auto target = std::ranges::find(suite.targets, cell.target, &TargetSpec::name);
    if (target != suite.targets.end()) needs.export_interval = export_interval(suite, *target);
    advice.push_back(advise_segment(needs));
  }
  return advice;
}

/// The wall time of each effort's last look: the planned time, times how much longer than planned
/// the measured blocks took.
std::array<std::string, kEfforts.size()> times_of_efforts(const Suite& suite, const GateSpec& gate,
                                                          double slower) {
  std::array<std::string, kEfforts.size()> times;
  for (std::size_t i = 0; i < kEfforts.size(); ++i) {
    GateSpec at_effort = gate;
    at_effort.effort = kEfforts[i];
    at_effort.looks = looks_of(kEfforts[i]);
    const auto judged = suite_to_judge(suite, at_effort, {});
    if (!judged) continue;
    const auto planned = static_cast<double>(
        time_of_blocks(*judged, blocks_of(kEfforts[i]) * blocks_per_unit(*judged)).count());
    times[i] = format_time_left(Nanos{static_cast<Nanos::rep>(planned * slower)});
  }
  return times;
}

/// Notes how long blocks take; looks at no data.
struct BlockTimes {
  std::optional<Clock::time_point> began;
  int cell = -1;
  std::vector<double> seconds;

  void block_begins(int of_cell) {
    const auto now = Clock::now();
    if (began && cell == of_cell) {
      seconds.push_back(std::chrono::duration<double>(now - *began).count());
    }
    began = now;
    cell = of_cell;
  }
};

/// Read anew, for another calibration may have been saved meanwhile.
Status save_calibration(const std::string& file, const Calibration& calibration) {
  auto all = load_calibrations(file);
  if (!all) return failure(all.error().within("--save"));
  put_calibration(*all, calibration);
  if (auto written = write_file(file, write_calibrations(*all)); !written) {
    return failure(written.error().within("--save"));
  }
  return {};
}

bool is_bare(const CellCalibration& cell) { return cell.metrics.empty(); }

Result<ExitCode> tell_and_save(const CalibrateOptions& options, const Suite& suite,
                               const GateSpec& gate, const RunResult& result,
                               const BlockTimes& blocks) {
  const Analysis analysis = analyse(result);
  Calibration calibration = calibrate(result, analysis);
  calibration.block_s = median(blocks.seconds).value_or(0);
  const auto cells = static_cast<double>(std::max<std::size_t>(1, result.plan.cells.size()));
  const double planned =
      std::chrono::duration<double>(time_of_blocks(result.suite, 1)).count() / cells;
  const double slower = calibration.block_s > 0 ? calibration.block_s / planned : 1;
  const GateOutlook outlook{.gate = gate,
                            .time = times_of_efforts(suite, gate, slower),
                            .segments = advise_cells(suite, calibration)};
  const auto width = static_cast<std::size_t>(terminal_width());
  fmt::print("{}", write_calibration_text(calibration, outlook, width));
  for (const std::string& warning : analysis.warnings) {
    fmt::print("{}", wrapped(warning, width, "warning: ", "  "));
  }
  std::vector<CellCalibration>& all = calibration.cells;
  const bool some_bare = std::ranges::any_of(all, is_bare);
  if (std::ranges::all_of(all, is_bare)) {
    return failure(ExitCode::invalid, "nothing could be calibrated, so nothing is saved");
  }
  if (auto saved = save_calibration(options.save, calibration); !saved) {
    return failure(saved.error());
  }
  fmt::print("saved: {}\n", options.save);
  return some_bare ? ExitCode::invalid : ExitCode::pass;
}

}  // namespace

Result<ExitCode> calibrate_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_calibrate(), argc, argv, read_calibrate);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const CalibrateOptions& options = **parsed;
  if (auto possible = check_can_save(options.save); !possible) return failure(possible.error());
  const auto kinds = ScenarioKinds::with_plugins(options.plugins);
  if (!kinds) return failure(kinds.error());
  const auto suite = read_checked_suite(options.suite, options.overrides, *kinds);
  if (!suite) return failure(suite.error());
  const auto gate = gate_of(*suite, {});
  if (!gate) return failure(gate.error().within(options.suite));
  std::optional<OutputFolder> folder;
  if (!options.out.empty()) {
    auto created = OutputFolder::create(options.out, suite->name, utc_stamp_now());
    if (!created) return failure(created.error());
    folder = std::move(*created);
  }
  BlockTimes blocks;
  MeasureRequest request;
  request.suite = suite_to_calibrate(*suite, options.blocks);
  request.argv.assign(argv, argv + argc);
  request.quiet = options.quiet;
  request.look = [&blocks](const RunResult&, int cell) {
    blocks.block_begins(cell);
    return BlockAdvice{};
  };
  const auto measured = measure(std::move(request), *kinds, folder ? &*folder : nullptr);
  if (!measured) return failure(measured.error());
  const RunResult& result = measured->result;
  if (folder && measured->can_be_told()) {
    if (auto saved = folder->save_reports(result, analyse(result)); !saved) {
      return failure(saved.error());
    }
  }
  if (interrupt_count().load() > 0) {
    fmt::print(stderr, "tracetax: interrupted after {} of {} segments; no calibration is saved\n",
               result.segments.size(), result.plan.segments.size());
    return interrupt_exit_code();
  }
  if (!measured->executed) return failure(measured->executed.error());
  return tell_and_save(options, *suite, *gate, result, blocks);
}

}  // namespace tracetax
