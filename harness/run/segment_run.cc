// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment_run.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "harness/core/services.h"
#include "harness/core/validity.h"
#include "harness/core/warm.h"
#include "harness/load/ledger.h"
#include "harness/run/kept_targets.h"
#include "harness/run/meter/core_probe.h"
#include "harness/run/meter/cost_pieces.h"
#include "harness/run/meter/steady_warm_up.h"
#include "harness/run/ready_load.h"
#include "harness/run/segment_receipt.h"
#include "harness/run/stamp.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

/// Beyond the batch delay, before a quiet sink is believed to be quiet for good.
constexpr Nanos kQuietMargin = 200ms;
constexpr Nanos kShortestCapacityWarmup = 100ms;
/// A closed loop that ends before an export has begun would show tracing without its exports. So it
/// lasts five of the target's batch delays, as far as that is not absurdly long: at full speed a
/// batch is full long before a delay of seconds is over.
constexpr int kExportsAtFullSpeed = 5;
constexpr Nanos kLongestForExports = 2s;
/// Windows of a warm-up have branches of their own: 0 is a warm-up in one piece, and slices follow
/// it.
constexpr std::uint64_t kFirstWindow = std::uint64_t{1} << 32;
/// In turns: a third of the measured time has so many requests at least, or is not told.
constexpr std::uint64_t kRequestsPerThird = 100;
/// From the end of a freeze to the load: what waited meanwhile, such as a timer, goes first.
constexpr Nanos kThawLead = 2ms;

double seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

SegmentRun::SegmentRun(const SegmentSpec& spec, const SegmentContext& context, SinkProcess& sink)
    : spec_(spec),
      context_(context),
      sink_(sink),
      arm_(context.suite->arms[static_cast<std::size_t>(spec.arm)]),
      exports_(state_of(arm_, context.target) == TracingState::exporting),
      own_cpus_(context.target.kind != TargetKind::attached) {
  record_.spec = spec;
  record_.arm = arm_.name;
  record_.started_at = utc_stamp_now();
}

bool SegmentRun::failed(const Error& error) {
  abandoned_ = abandoned_ || error.code == ExitCode::interrupted;
  void_because(VoidRule::target_failed, error.message);
  return false;
}

Nanos SegmentRun::length() const {
  const Design& design = context_.suite->design;
  if (meters()) return design.measure;
  const Nanos exports = target_ ? kExportsAtFullSpeed * target_->span_delay() : Nanos{0};
  return std::max(design.capacity.value_or(1s), std::min(exports, kLongestForExports));
}

void SegmentRun::begin() {
  sink_.begin_segment(context_.target.system != nullptr || arm_.counts_spans);
  first_check_ = checks_begun();
  going_ = launch() && connect() && warm_up();
  wait_turn();
}

bool SegmentRun::launch() {
  expected_.spans_per_request = context_.target.spans_per_request;
  expected_.keeps = arm_.keeps;
  expected_.counted = arm_.counts_spans;
  if (context_.kept != nullptr) {
    record_.launch = context_.kept->launch();
    if (auto up = context_.kept->take(spec_.arm)) {
      target_.emplace(std::move(*up));
      output_ = target_->output();
      const auto ended = target_->ended();
      if (ended) void_for(*ended);
      if (!ended) metrics_before_ = target_->read_metrics();
      if (!ended) target_->note_written();
      return !ended;
    }
  }
  context_.step("launch");
  auto started = RunningTarget::start(
      {*context_.suite, context_.target, arm_, context_.target_program, sink_.ports(),
       spec_.environment_pad, context_.pinning.target, context_.abandon, output_,
       context_.kept == nullptr ? context_.pool : nullptr});
  if (!started) return failed(started.error());
  target_.emplace(std::move(*started));
  target_->note_written();
  launched_ = true;
  return true;
}

bool SegmentRun::connect() {
  auto ready = make_ready_load(context_, arm_, target_->endpoint());
  if (!ready) return failed(ready.error());
  record_.answer_digest = ready->answer_digest;
  classes_ = ready->setup.scenario.classes;
  extra_spans_ = ready->setup.scenario.extra_spans;
  if (const auto& system = context_.target.system)
    trees_.emplace(system->of(arm_.variant), ready->setup.scenario);
  // A sampler that does not heed its caller may keep what only asked whether the target is up.
  for (std::uint64_t check = first_check_; arm_.keeps && check < checks_begun(); ++check)
    expected_.phases.push_back({ids_of_check(check), 1, {}, {0}});
  if (const auto& exports = ready->setup.scenario.exports) {  // told for each span that is sent
    expected_.spans_per_request *= exports->spans;
    expected_.traces_per_request = exports->traces;
    carries_ = true;
    exports_ = passes_spans_on(*context_.suite, context_.target);
  }
  auto engine = Engine::connect(ready->setup, context_.stop);
  if (!engine) return failed(engine.error().within("target " + context_.target.name));
  engine_ = std::move(*engine);
  return true;
}

LoadPhase SegmentRun::phase(std::uint64_t branch, Nanos duration) const {
  const SampleRate all = *SampleRate::make(1);
  LoadPhase phase;
  phase.closed = capacity();
  phase.rate = context_.rate;
  phase.arrivals = context_.suite->load.arrivals;
  phase.arrival_seed = derive_seed(spec_.arrival_seed, branch);
  phase.duration = duration;
  // Where the target decides, nobody here knows which requests are sampled: all count as unsampled.
  // Where traces are dropped on purpose, who drops them decides about every one.
  phase.ids = RequestIds{derive_seed(spec_.id_seed, branch), carries_ || arm_.keeps ? all
                                                             : knows_traces()       ? arm_.rate
                                                                                    : SampleRate{}};
  return phase;
}

LoadResult SegmentRun::run_phase(const LoadPhase& phase) {
  LoadResult result = engine_->run(phase, context_.stop, context_.live);
  ExpectedPhase expected = expected_phase(phase, result, exports_);
  expected.classes = classes_;
  expected.extra_spans = extra_spans_;
  if (trees_) {
    if (const Status known = trees_->add(std::move(expected), result, expected_); !known)
      void_because(VoidRule::receipt_open, known.error().message);
  } else {
    expected_.phases.push_back(std::move(expected));
  }
  abandoned_ = abandoned_ || context_.stop.stop_requested();
  exceptions_lost_ += result.exceptions_lost;
  return result;
}

bool SegmentRun::warm_up() {
  const Design& design = context_.suite->design;
  if (design.until_steady && launched_) {
    if (const auto tree = target_->metered()) {
      // At the offered rate: more would warm it up sooner, but fill its queue of spans.
      const Nanos window = steady_window(capacity() ? 0 : context_.rate);
      record_.warm_up = warm_up_until_steady(*tree, design, window, [&](std::uint64_t number) {
        context_.step("warm-up");
        return run_phase(phase(kFirstWindow + number, window)).ok;
      });
      return !abandoned_;
    }
    record_.warnings.emplace_back(
        "whether the target is warm is not known, for its CPU is not metered: it was warmed up for "
        "the shortest time; give it a pid, or a warm-up by hand");
  }
  const Nanos length =
      capacity() ? std::max<Nanos>(kShortestCapacityWarmup, design.warmup / 2) : design.warmup;
  if (length > Nanos{0}) {
    context_.step("warm-up");
    run_phase(phase(0, length));
  }
  return !abandoned_;
}

/// Who waits for its turn is stopped, so that nothing of it falls into another's slice, and its
/// idle CPU time is charged to nobody.
void SegmentRun::wait_turn() {
  if (spec_.slices > 1 && target_) target_->freeze();
}

void SegmentRun::take_turn() {
  if (spec_.slices == 1) return;
  target_->thaw();
  std::this_thread::sleep_for(kThawLead);
}

// Spans of the warm-up that are exported later would be charged to the measured phase.
void SegmentRun::start_drain() {
  if (!going_) return;
  if (target_ && spec_.slices > 1) target_->thaw();
  context_.step("drain");
  const Design& design = context_.suite->design;
  DrainRule rule;
  if (knows_count()) rule.due = spans_due(expected_);
  rule.shortest = design.settle;
  // What did not come after the warm-up will not come after the measurement: the receipt stays
  // open, and waiting for it once is enough.
  rule.deadline = drained_ ? std::max(design.drain, design.settle) : design.settle;
  rule.quiet = std::max(design.settle, target_->span_delay() + kQuietMargin);
  if (arm_.counts_spans) rule.quiet += kCountsEvery;
  if (comes_in_batches() && drained_)
    rule.deadline = std::max(rule.deadline, rule.quiet + kQuietMargin);
  rule.quiet_ends = capacity();
  drain_.emplace(rule);
}

bool SegmentRun::draining() {
  if (!drain_ || abandoned_) return false;
  const auto count = sink_.spans_received();
  // Without a sink the arms that need none go on.
  if (!drain_->over(!count && !exports_ ? std::optional<std::uint64_t>{0} : count)) return true;
  end_drain();
  return false;
}

void SegmentRun::end_drain() {
  drained_ = drained_ && drain_->outcome().complete;
  received_by_drain_ = drain_->outcome().received;
  drain_.reset();
  if (!measured_) return;
  if (const auto ended = target_->ended()) {
    void_for(*ended);
  } else if (target_->metered() && meters()) {
    take_usage();
  }
  take_metrics(target_->read_metrics());  // which costs its services CPU
}

void SegmentRun::drain(std::deque<SegmentRun>& runs) {
  for (SegmentRun& run : runs) run.start_drain();
  const auto draining = [&runs] {
    return std::ranges::count_if(runs, [](SegmentRun& run) { return run.draining(); }) > 0;
  };
  while (draining()) {
    if (sleep_unless(runs.front().context_.abandon, kDrainPoll)) continue;
    for (SegmentRun& run : runs) run.abandoned_ = true;
  }
}

void SegmentRun::start_measuring() {
  wait_turn();
  if (!going_) return;
  if (const auto tree = target_->metered()) {
    if (meters()) reset_peak_memory(*tree);
    target_->start_metering();
    if (auto sample = sample_tree(*tree)) before_ = std::move(*sample);
    if (before_) cpu_after_load_ns_ = before_->cpu_ns();
    instructions_ = PerfCounter::open(*tree, kInstructions);
    cycles_ = PerfCounter::open(*tree, kCycles);
  }
  series_.emplace(length(), spec_.slices);
  if (arm_.sink.faults.any()) sink_.plant(arm_.sink.faults);
  context_.step(capacity() ? "capacity" : "measure");
  record_.started_at = utc_stamp_now();
}

/// Whether it is sure to be void: a target that is gone or hangs would cost a time-out in every
/// further slice. Poisson arrivals can be more than planned, but not twice as many.
bool SegmentRun::hopeless() {
  const double planned = context_.rate * seconds(length());
  return target_->ended() ||
         static_cast<double>(load_.error_total()) > 2 * kMaxErrorShare * planned;
}

void SegmentRun::measure(int slice, int slices) {
  if (!going_ || (slice > 0 && hopeless())) return;
  take_turn();
  const HostNoise noise_before = host_noise_now();
  CoreProbe core(own_cpus_ ? context_.pinning.target : CpuList{},
                 capacity() ? CoreProbe::Priority::normal : CoreProbe::Priority::idle);
  // Branch 0 is the warm-up.
  LoadPhase load = phase(1 + static_cast<std::uint64_t>(slice), length() / slices);
  load.ticks = series_->plan();
  std::optional<CostPieces> pieces;
  const int count = slices == 1 && !capacity() ? pieces_for(context_.rate, length()) : 0;
  if (before_ && context_.live != nullptr && count > 0)
    pieces.emplace(*before_, context_.live->ok, length() / count, count);
  TickReadings readings(before_ ? &*before_ : nullptr, load.ticks.length, load.ticks.kept);
  const LoadResult result = run_phase(load);
  if (pieces) slice_costs_us_ = pieces->stop();
  if (before_) {
    const std::uint64_t cpu_ns = cpu_ns_now(*before_);
    if (slices > 1 && result.ok > 0 && cpu_ns > cpu_after_load_ns_)
      slice_costs_us_.push_back(static_cast<double>(cpu_ns - cpu_after_load_ns_) / 1e3 /
                                static_cast<double>(result.ok));
    cpu_after_load_ns_ = cpu_ns;
  }
  PhaseTicks ticks{.start_ns = result.start_ns, .tick = load.ticks.length};
  ticks.readings = readings.stop();
  ticks.metered = before_.has_value();
  ticks.loops = core.stop();
  probe_loops_.insert(probe_loops_.end(), ticks.loops.begin(), ticks.loops.end());
  ticks.load = take_ticks(load.ticks);
  series_->add(ticks);
  noise_.add(noise_before, host_noise_now());
  // Of spans that requests carry all are sent, in every arm; the share tells the arms apart.
  sampled_ +=
      (carries_ ? RequestIds{load.ids.seed(), arm_.rate} : load.ids).sampled_among(result.due);
  add_later_phase(load_, result);
  wait_turn();
}

std::vector<LoadTick> SegmentRun::take_ticks(const TickPlan& plan) {
  std::vector<LoadTick> ticks(plan.kept);
  engine_->take_ticks([&](std::size_t, const LoadTick& tick) {
    const auto number = static_cast<std::size_t>(tick.number);
    ticks[std::min(number, ticks.size() - 1)].merge(tick);
  });
  return ticks;
}

void SegmentRun::end_measuring() {
  if (!going_) return;
  take_numbers();
  measured_ = true;
  going_ = !abandoned_;
}

void SegmentRun::take_metrics(const std::map<std::string, MetricsPage>& now) {
  for (const auto& [service, page] : now)
    record_.service_metrics[service] = growth(metrics_before_[service], page);
}

void SegmentRun::take_usage() {
  const auto after = sample_tree(*target_->metered());
  if (!before_ || !after) {
    void_because(VoidRule::target_restarted, "the target's processes could not be metered");
    return;
  }
  auto usage = usage_between(*before_, *after);
  if (!usage) {
    void_because(VoidRule::target_restarted, usage.error().message);
    return;
  }
  usage->cpu_drain_ns = after->cpu_ns() - std::min(cpu_after_load_ns_, after->cpu_ns());
  if (instructions_) usage->instructions = instructions_->read();
  if (cycles_) usage->cycles = cycles_->read();
  record_.usage = *usage;
  record_.services = target_->services_used();
}

void SegmentRun::take_numbers() {
  record_.duration_s = seconds(load_.elapsed);
  record_.requests = load_.ok;
  record_.sent = load_.sent;
  record_.late = load_.late;
  record_.errors = load_.errors;
  record_.otlp = load_.otlp;
  // The plan's own count, so that the scatter of Poisson arrivals is no shortfall.
  record_.asked_rate = capacity() ? 0 : static_cast<double>(load_.due) / seconds(length());
  // In turns every slice waits for its last answers: that is no time that the target had for more.
  record_.achieved_rate = spec_.slices > 1 && !capacity()
                              ? static_cast<double>(load_.ok) / seconds(length())
                              : load_.achieved_rate;
  if (load_.due > 0)
    record_.sampled_share = static_cast<double>(sampled_) / static_cast<double>(load_.due);
  if (load_.ok > 0) {
    record_.driver_cpu_us_per_request =
        static_cast<double>(load_.cpu.count()) / 1e3 / static_cast<double>(load_.ok);
  }
  const auto& cpus = context_.pinning.driver;
  const auto threads = static_cast<std::size_t>(std::max(1, context_.suite->load.threads));
  const auto usable = static_cast<double>(cpus.empty() ? threads : std::min(threads, cpus.size()));
  if (load_.elapsed > Nanos{0}) {
    record_.driver_busy =
        seconds(load_.cpu - load_.cpu_spinning) / (seconds(load_.elapsed) * usable);
  }
  if (before_ && own_cpus_) {
    record_.target_busy =
        busy_share(*before_, cpu_after_load_ns_, load_.elapsed, context_.pinning.target);
  }
  if (load_.ok >= 3 * kRequestsPerThird) record_.third_costs_us = costs_of_thirds(slice_costs_us_);
  record_.core = core_speed(probe_loops_);
  record_.series = series_->make();
  record_.steal_pct = steal_pct({}, noise_);
  record_.throttled = noise_.throttled;
  record_.times = std::move(load_.times);
  if (exceptions_lost_ > 0) {
    record_.warnings.push_back(fmt::format(
        "{} failed requests are not known one by one: the receipt cannot account for them",
        exceptions_lost_));
  }
}

}  // namespace tracetax
