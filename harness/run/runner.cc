// SPDX-License-Identifier: Apache-2.0
#include "harness/run/runner.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>

#include "harness/core/lost_cause.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/validity.h"
#include "harness/core/warm.h"
#include "harness/run/kept_targets.h"
#include "harness/run/machine.h"
#include "harness/run/pair_rate.h"
#include "harness/run/process/interrupt_watch.h"
#include "harness/run/process/pinning.h"
#include "harness/run/process/target_output.h"
#include "harness/run/ramp.h"
#include "harness/run/segment.h"
#include "harness/run/service/service_pool.h"
#include "harness/run/service/start_sinks.h"
#include "harness/run/sink/sink_process.h"
#include "harness/run/stamp.h"
#include "harness/run/target_check.h"
#include "harness/run/time_left.h"

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

/// A branch of the plan's seed: those from the end are of ramps, those from the start of segments.
constexpr std::uint64_t kPilot = std::uint64_t{1} << 62;

bool is_void_by(const SegmentRecord& record, VoidRule rule) {
  return std::ranges::find(record.voids, rule, &VoidReason::rule) != record.voids.end();
}

class Runner {
 public:
  Runner(RunResult& result, const RunnerOptions& options)
      : result_(result),
        options_(options),
        watch_(options.interrupted),
        outputs_(options.folder, result.suite),
        time_left_(result.suite.design, result.plan) {}

  Status run() {
    if (Status ready = set_up(); !ready) return ready;
    for (std::size_t cell = 0; cell < result_.plan.cells.size() && !watch_.finish_soon(); ++cell) {
      if (Status ready = prepare_cell(cell); !ready) return ready;
    }
    share_rates();
    choose_turns();
    const Status measured = run_plan();
    for (CellRun& cell : cells_) stop_kept(cell);
    if (!measured) return measured;
    return finish();
  }

 private:
  /// What becomes of a cell.
  struct CellRun {
    std::optional<SegmentContext> context;
    std::optional<KeptTargets> kept;
    bool over = false;  // given up, or settled
  };

  Status set_up();
  Status prepare_cell(std::size_t cell);
  void share_rates();
  Result<double> capacity_of(std::size_t cell);
  void choose_turns();
  Status run_plan();
  bool plan_spares();
  bool goes_on(const SegmentSpec& spec);
  bool run_batch(std::span<const SegmentSpec> batch);
  void judge_block(const SegmentSpec& of);
  void stop_kept(CellRun& cell);
  Status finish();
  Status save();
  Status save_now();
  void give_up(std::size_t cell, std::string_view arm, const std::string& reason);
  void give_up_if_lost(std::size_t cell);
  [[nodiscard]] bool enough(std::size_t cell, int block);
  [[nodiscard]] std::span<const SegmentSpec> segments_at_a_time(std::size_t first) const;
  void note_sink_failure();
  [[nodiscard]] SegmentContext context_for(std::size_t cell, PrepareScenario prepare);
  [[nodiscard]] std::string cell_name(std::size_t cell) const;
  void tell(std::string_view step) const;

  RunResult& result_;
  const RunnerOptions& options_;
  PinnedHere pinned_;
  InterruptWatch watch_;
  TargetOutputs outputs_;
  TimeLeft time_left_;
  PinningChoice pinning_;
  Sinks sinks_;       // of each door that arms need, one per segment that runs at a time
  ServicePool pool_;  // of the block that is measured
  RunProgress progress_;
  std::vector<CellRun> cells_;
  std::vector<std::string> given_up_;  // why, one per cell
  std::size_t segments_done_ = 0;
  std::optional<Error> save_failed_;
  Clock::time_point next_save_{};  // none before it: see save()
  bool save_warned_ = false;
  bool sink_warned_ = false;
};

Status Runner::set_up() {
  const Suite& suite = result_.suite;
  if (result_.run_id.empty()) result_.run_id = make_uuid();
  if (result_.started_at.empty()) result_.started_at = utc_stamp_now();
  result_.status = RunStatus::partial;
  result_.partial_reason = "the run has not ended";
  if (Status possible = check_targets(suite, options_); !possible) return possible;

  auto pinning = choose_pinning(suite.pin, suite.load.threads);
  if (!pinning) return failure(pinning.error());
  pinning_ = std::move(*pinning);
  const int cpus = static_cast<int>(allowed_cpus().size());
  result_.machine = probe_machine();
  if (Status pinned = pin_this_thread(pinning_.driver); !pinned) return pinned;
  watch_.start();
  const auto text = [](const CpuList& list) {
    return list.empty() ? "none" : format_cpu_list(list);
  };
  result_.pinned_driver = text(pinning_.driver);
  result_.pinned_target = text(pinning_.target);
  result_.pinned_shared = format_cpu_list(shared_cpus(pinning_.driver, pinning_.target));
  result_.release_mode = name_of(release_mode_for(cpus));
  result_.warnings.insert(result_.warnings.end(), pinning_.warnings.begin(),
                          pinning_.warnings.end());
  for (const TargetSpec& target : suite.targets) {
    if (target.kind != TargetKind::attached) continue;
    result_.warnings.push_back(fmt::format(
        "target {} is attached: it runs where and how it was started, not as pinning and arms say",
        target.name));
  }

  const std::size_t at_a_time =
      suite.design.slice || keeps_processes(suite) ? suite.arms.size() : 1;
  auto sinks = start_sinks(suite, options_.tracetax_program, at_a_time, pinning_.driver);
  if (!sinks) return failure(sinks.error());
  sinks_ = std::move(*sinks);
  result_.subjects =
      describe_subjects(suite, options_, ports_by_arm(suite, sinks_),
                        pinning_.target.empty() ? cpus : static_cast<int>(pinning_.target.size()));
  result_.cell_rates.assign(result_.plan.cells.size(), 0);
  result_.cell_capacities.assign(result_.plan.cells.size(), 0);
  cells_.resize(result_.plan.cells.size());
  progress_.segments = result_.plan.segments.size();
  progress_.blocks = suite.design.blocks;
  // Before the first second is spent: a place that cannot be written to is an error now.
  return options_.save ? options_.save(result_) : Status{};
}

SegmentContext Runner::context_for(std::size_t cell, PrepareScenario prepare) {
  const Cell& where = result_.plan.cells[cell];
  const Suite& suite = result_.suite;
  return {&suite,
          suite.targets[static_cast<std::size_t>(where.target)],
          suite.scenarios[static_cast<std::size_t>(where.scenario)],
          std::move(prepare),
          options_.target_program,
          pinning_,
          release_mode_from(result_.release_mode).value_or(ReleaseMode::hybrid),
          sinks_,
          0,
          [this](std::string_view step) {
            const bool open_loop = step == "warm-up" || step == "measure";
            watch_.expect_answers(step != "drain" && step != "stop",
                                  open_loop ? progress_.rate : 0);
            tell(step);
          },
          [this] { return watch_.abandon(); },
          watch_.token(),
          &watch_.live(),
          nullptr,
          [this](const TargetOutput& output) { outputs_.keep(output); },
          suite.load.levels.at(static_cast<std::size_t>(where.level)),
          &pool_};
}

std::string Runner::cell_name(std::size_t cell) const {
  const Cell& where = result_.plan.cells[cell];
  const Suite& suite = result_.suite;
  std::string name = suite.targets[static_cast<std::size_t>(where.target)].name + "/" +
                     suite.scenarios[static_cast<std::size_t>(where.scenario)].name;
  if (suite.load.levels.size() > 1)
    name += " at " + level_name(suite.load.levels[static_cast<std::size_t>(where.level)]);
  return name;
}

/// Finds out what is offered. A cell that cannot be measured is given up.
Status Runner::prepare_cell(std::size_t cell) {
  const Cell& where = result_.plan.cells[cell];
  const ScenarioSpec& scenario = result_.suite.scenarios[static_cast<std::size_t>(where.scenario)];
  const auto kind = find_in_catalog(options_.scenarios, "scenario kind", scenario.kind);
  if (!kind) return failure(kind.error());
  SegmentContext& context = cells_[cell].context.emplace(context_for(cell, kind->prepare));
  if (keeps_processes(result_.suite)) {
    context.kept = &cells_[cell].kept.emplace(context.target, static_cast<int>(cell),
                                              first_sinks(result_.suite, sinks_),
                                              result_.suite.design.fresh_every, sinks_);
  }
  progress_.cell = result_.plan.cells.size() > 1 ? cell_name(cell) : "";
  progress_.rate = 0;

  if (result_.suite.load.closed) return save();
  const OfferedRate& asked = result_.suite.load.levels.at(static_cast<std::size_t>(where.level));
  if (const double* fixed = std::get_if<double>(&asked)) {
    context.rate = *fixed;
  } else {
    const auto capacity = capacity_of(cell);
    if (!capacity && capacity.error().code == ExitCode::interrupted) return {};
    if (!capacity) {
      give_up(cell, result_.suite.arms.front().name, capacity.error().message);
      return save();
    }
    result_.cell_capacities[cell] = *capacity;
    context.rate = offered_share(*capacity, std::get<CapacityShare>(asked).share);
  }
  result_.cell_rates[cell] = context.rate;
  return save();
}

/// Both halves of a pair are offered the same.
void Runner::share_rates() {
  result_.cell_rates = shared_rates(result_);
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    if (cells_[cell].context) cells_[cell].context->rate = result_.cell_rates[cell];
  }
}

/// By a ramp, or as another level of the same target and scenario had it.
Result<double> Runner::capacity_of(std::size_t cell) {
  const Cell& where = result_.plan.cells[cell];
  for (std::size_t other = 0; other < cell; ++other) {
    const Cell& there = result_.plan.cells[other];
    if (there.target == where.target && there.scenario == where.scenario &&
        result_.cell_capacities[other] > 0)
      return result_.cell_capacities[other];
  }
  auto ramp = find_capacity(*cells_[cell].context,
                            derive_seed(result_.plan.seed, ~std::uint64_t{0} - cell));
  if (!ramp) return failure(ramp.error());
  result_.warnings.insert(result_.warnings.end(), ramp->warnings.begin(), ramp->warnings.end());
  return ramp->capacity;
}

/// Where the suite leaves it open, by a pilot with the first cell.
void Runner::choose_turns() {
  Design& design = result_.suite.design;
  const auto cell = std::ranges::find(cells_, false, &CellRun::over);
  if (!design.slice_auto || !design.slice || cell == cells_.end() || watch_.finish_soon()) return;
  tell("pilot");
  result_.slice_choice = run_slice_pilot(*cell->context, derive_seed(result_.plan.seed, kPilot));
  if (!result_.slice_choice || result_.slice_choice->turns()) return;
  design.slice.reset();
  for (auto* specs : {&result_.plan.segments, &result_.plan.spares}) {
    for (SegmentSpec& segment : *specs) segment.slices = 1;
  }
}

Status Runner::run_plan() {
  const std::vector<SegmentSpec>& plan = result_.plan.segments;
  for (std::size_t i = 0; !watch_.finish_soon() && (i < plan.size() || plan_spares());) {
    const SegmentSpec first = plan[i];
    const std::span<const SegmentSpec> batch = segments_at_a_time(i);
    progress_.segment = i + 1;
    progress_.left = time_left_.from(
        i, [this](int cell) { return !cells_[static_cast<std::size_t>(cell)].over; });
    i += batch.size();
    if (!goes_on(first)) continue;
    const bool whole = run_batch(batch);
    const bool block_ends =
        i == plan.size() || plan[i].cell != first.cell || plan[i].block != first.block;
    if (whole) give_up_if_lost(static_cast<std::size_t>(first.cell));
    const bool over = cells_[static_cast<std::size_t>(first.cell)].over;
    if (!whole || block_ends || over || watch_.finish_soon()) judge_block(first);
    if (!whole) return {};
    auto& kept = cells_[static_cast<std::size_t>(first.cell)].kept;
    if (over) stop_kept(cells_[static_cast<std::size_t>(first.cell)]);
    if (kept && block_ends && !over)
      kept->block_ends(result_.segments, [this] { return watch_.abandon(); });
    if (block_ends || over) pool_.clear([this] { return watch_.abandon(); });
    note_sink_failure();
    if (Status saved = save(); !saved) return saved;
  }
  return {};
}

/// The next spare block of every cell that lost one to chance. False if none needs it. Of kept
/// processes the launch is what counts, and a block more would be a launch of its own.
bool Runner::plan_spares() {
  std::vector<SegmentSpec>& spares = result_.plan.spares;
  if (spares.empty() || keeps_processes(result_.suite)) return false;
  const int block = spares.front().block;
  const std::size_t before = result_.plan.segments.size();
  const auto end = std::ranges::find_if(
      spares, [block](const SegmentSpec& spec) { return spec.block != block; });
  std::copy_if(spares.begin(), end, std::back_inserter(result_.plan.segments),
               [&](const SegmentSpec& spec) {
                 return !cells_[static_cast<std::size_t>(spec.cell)].over &&
                        block - result_.suite.design.blocks <
                            blocks_lost_to_chance(result_.segments, spec.cell);
               });
  spares.erase(spares.begin(), end);
  progress_.segments = result_.plan.segments.size();
  progress_.blocks = block + 1;
  return result_.plan.segments.size() > before;
}

/// Whether the cell of `spec` needs it still.
bool Runner::goes_on(const SegmentSpec& spec) {
  const auto cell = static_cast<std::size_t>(spec.cell);
  CellRun& run = cells_[cell];
  run.over = run.over || (spec.position == 0 && enough(cell, spec.block));
  if (run.over) stop_kept(run);
  return !run.over;
}

void Runner::stop_kept(CellRun& cell) {
  if (!cell.kept) return;
  tell("stop");
  cell.kept->stop(result_.segments, [this] { return watch_.abandon(); });
}

/// False if it was abandoned: then nothing of it is kept.
bool Runner::run_batch(std::span<const SegmentSpec> batch) {
  const SegmentSpec& first = batch.front();
  const CellRun& cell = cells_[static_cast<std::size_t>(first.cell)];
  progress_.cell =
      result_.plan.cells.size() > 1 ? cell_name(static_cast<std::size_t>(first.cell)) : "";
  progress_.rate = cell.context->rate;
  progress_.block = first.block + 1;
  progress_.arm = batch.size() > 1 ? "all in turns"
                                   : result_.suite.arms[static_cast<std::size_t>(first.arm)].name;
  const auto start = Clock::now();
  std::vector<SegmentRecord> records = run_segments(batch, *cell.context);
  if (std::ranges::any_of(
          records, [](const auto& record) { return is_void_by(record, VoidRule::interrupted); }))
    return false;
  const Nanos each = (Clock::now() - start) / batch.size();
  for (SegmentRecord& record : records) {
    time_left_.took(record.spec, each);
    result_.segments.push_back(std::move(record));
    ++segments_done_;
  }
  return true;
}

/// They are the last ones measured.
void Runner::judge_block(const SegmentSpec& of) {
  auto first = result_.segments.end();
  while (first != result_.segments.begin() && std::prev(first)->spec.cell == of.cell &&
         std::prev(first)->spec.block == of.block)
    --first;
  judge_warmth({first, result_.segments.end()});
  judge_lag({first, result_.segments.end()});
}

/// Those that begin at `first` in the plan: the open ones of its block where arms take turns, else
/// itself.
std::span<const SegmentSpec> Runner::segments_at_a_time(std::size_t first) const {
  const std::span<const SegmentSpec> from = std::span{result_.plan.segments}.subspan(first);
  const SegmentSpec& like = from.front();
  if (like.slices == 1) return from.first(1);
  const auto end = std::ranges::find_if_not(from, [&](const SegmentSpec& spec) {
    return spec.cell == like.cell && spec.block == like.block && spec.kind == like.kind;
  });
  return from.first(static_cast<std::size_t>(end - from.begin()));
}

/// Whether the blocks before `block` are all that this cell needs.
bool Runner::enough(std::size_t cell, int block) {
  // Blocks of one launch are no units of their own: only a whole launch is looked at.
  const std::optional<KeptTargets>& kept = cells_[cell].kept;
  if (!options_.look || (kept && kept->in_mid_launch())) return false;
  BlockAdvice advice = options_.look(result_, static_cast<int>(cell));
  progress_.so_far = std::move(advice.so_far);
  if (!advice.stop) return false;
  result_.stop_reason +=
      fmt::format("{}{}after {} of {} blocks: {}", result_.stop_reason.empty() ? "" : "; ",
                  result_.plan.cells.size() > 1 ? cell_name(cell) + " " : "", block,
                  progress_.blocks, *advice.stop);
  return true;
}

void Runner::give_up_if_lost(std::size_t cell) {
  if (const auto lost = lost_cause(result_.segments, static_cast<int>(cell)))
    give_up(cell, lost->arm, lost->why);
}

/// `arm`: whose output tells more.
void Runner::give_up(std::size_t cell, std::string_view arm, const std::string& reason) {
  cells_[cell].over = true;
  const std::string path = outputs_.first_failure(cells_[cell].context->target.name, arm);
  given_up_.push_back(path.empty() ? reason
                                   : fmt::format("{} (its output is in {})", reason, path));
  result_.warnings.push_back(fmt::format("{} was given up: {}", cell_name(cell), given_up_.back()));
}

void Runner::note_sink_failure() {
  const auto failed =
      std::ranges::find_if(sinks_, [](const auto& sink) { return sink->failed().has_value(); });
  if (failed == sinks_.end() || sink_warned_) return;
  sink_warned_ = true;
  result_.warnings.push_back(
      fmt::format("the sink failed in segment {} of {}: {}; traced segments from there on are void",
                  segments_done_, result_.plan.segments.size(), *(*failed)->failed()));
}

void Runner::tell(std::string_view step) const {
  if (!options_.progress) return;
  RunProgress now = progress_;
  now.step = step;
  options_.progress(now);
}

/// The record grows with the run, and so does the time to write it: with thousands of segments,
/// writing it after each would take longer than measuring. So at most a twentieth of the time goes
/// into it.
Status Runner::save() {
  constexpr int kTimeBetweenPerTimeSpent = 19;
  if (Clock::now() < next_save_) return {};
  const auto start = Clock::now();
  Status saved = save_now();
  const auto end = Clock::now();
  next_save_ = end + kTimeBetweenPerTimeSpent * (end - start);
  return saved;
}

/// A failure is a warning now, tried again later, and an error at the end.
Status Runner::save_now() {
  if (!options_.save) return {};
  result_.finished_at = utc_stamp_now();
  const Status saved = options_.save(result_);
  save_failed_ = saved ? std::nullopt : std::optional{saved.error()};
  if (!saved && !save_warned_) {
    save_warned_ = true;
    result_.warnings.push_back("the result could not be saved in mid-run: " +
                               saved.error().message);
  }
  return {};
}

Status Runner::finish() {
  const std::size_t planned = result_.plan.segments.size();
  const bool any_valid = std::any_of(result_.segments.begin(), result_.segments.end(),
                                     [](const SegmentRecord& segment) { return segment.valid(); });
  const bool interrupted = watch_.finish_soon();
  result_.partial_reason.clear();
  result_.status = RunStatus::complete;
  if (interrupted && segments_done_ < planned) {
    result_.status = RunStatus::partial;
    result_.partial_reason =
        fmt::format("interrupted after {} of {} segments", segments_done_, planned);
  } else if (!any_valid) {
    result_.status = RunStatus::invalid;
    result_.partial_reason = given_up_.empty() ? "no segment is valid" : given_up_.front();
  } else if (!given_up_.empty()) {
    result_.status = RunStatus::partial;
    result_.partial_reason = result_.plan.cells.size() == 1
                                 ? given_up_.front()
                                 : fmt::format("{} of {} cells were given up: {}", given_up_.size(),
                                               result_.plan.cells.size(), given_up_.front());
  }
  if (const auto paths = outputs_.first_failures(); !paths.empty() && given_up_.empty()) {
    result_.warnings.push_back(fmt::format("what the target wrote where it first failed is in {}",
                                           fmt::join(paths, ", ")));
  }
  static_cast<void>(save_now());
  if (save_failed_) return failure(save_failed_->within("the result could not be saved"));
  if (interrupted || given_up_.empty()) return {};
  return failure(ExitCode::invalid,
                 any_valid ? result_.partial_reason
                           : fmt::format("nothing could be measured: {}", given_up_.front()));
}

}  // namespace

Status execute(RunResult& result, const RunnerOptions& options) {
  return Runner{result, options}.run();
}

}  // namespace tracetax
