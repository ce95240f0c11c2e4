// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "harness/core/validity.h"
#include "harness/run/core_probe.h"
#include "harness/run/drain.h"
#include "harness/run/host_noise.h"
#include "harness/run/running_target.h"
#include "harness/run/segment_receipt.h"
#include "harness/run/stamp.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

/// Beyond the batch delay, before a quiet sink is believed to be quiet for good.
constexpr Nanos kQuietMargin = 200ms;
constexpr Nanos kShortestCapacityWarmup = 100ms;

bool caller_samples(const SegmentContext& context) {
  return sampling_of(context.suite, context.target) == Sampling::caller;
}

double seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }

/// One segment on its way. The steps are called in their order; each returns false if the segment
/// cannot go on, having written the reason into the record.
class SegmentRun {
 public:
  SegmentRun(const SegmentSpec& spec, const SegmentContext& context)
      : spec_(spec),
        context_(context),
        arm_(context.suite.arms[static_cast<std::size_t>(spec.arm)]),
        exports_(state_of(arm_, context.target) == TracingState::exporting) {
    record_.spec = spec;
    record_.arm = arm_.name;
    record_.started_at = utc_stamp_now();
  }

  SegmentRecord run() {
    context_.sink.begin_segment();
    const bool measured = launch() && connect() && warm_up() && measure();
    if (target_) stop();
    if (abandoned_) {
      record_.voids.push_back({VoidRule::interrupted, "abandoned at the second interrupt"});
    } else if (measured) {
      close_receipt();
      judge();
    }
    return std::move(record_);
  }

 private:
  bool launch();
  bool connect();
  bool warm_up();
  bool measure();
  void stop();
  void close_receipt();
  void judge_by_self_counts();
  void check_late_spans(std::optional<std::uint64_t> received);
  void judge();

  [[nodiscard]] LoadPhase phase(std::uint64_t branch, Nanos duration) const;
  LoadResult run_phase(const LoadPhase& phase);
  DrainOutcome wait_for_spans();
  void take_numbers(const LoadResult& result, Nanos planned);
  void take_usage(const std::optional<TreeSample>& before, std::uint64_t cpu_after_load);
  void void_because(VoidRule rule, std::string detail) {
    record_.voids.push_back({rule, std::move(detail)});
  }
  bool failed(const Error& error) {
    abandoned_ = abandoned_ || error.code == ExitCode::interrupted;
    void_because(VoidRule::target_failed, error.message);
    return false;
  }
  [[nodiscard]] bool capacity() const { return spec_.kind == SegmentKind::capacity; }

  const SegmentSpec spec_;
  const SegmentContext& context_;
  const ArmSpec& arm_;
  const bool exports_;
  SegmentRecord record_;
  bool abandoned_ = false;
  bool drained_ = true;
  std::optional<std::uint64_t> received_by_drain_;  // spans when the target's CPU was metered
  std::optional<RunningTarget> target_;
  std::unique_ptr<Engine> engine_;
  ExpectedSpans expected_;
};

bool SegmentRun::launch() {
  context_.step("launch");
  auto started = RunningTarget::start({context_.suite, context_.target, arm_, context_.target_program,
                                       context_.sink.ports(), spec_.environment_pad,
                                       context_.pinning.target, context_.abandon});
  if (!started) return failed(started.error());
  target_.emplace(std::move(*started));
  expected_.spans_per_request = context_.target.spans_per_request;
  return true;
}

bool SegmentRun::connect() {
  auto ready = prepare_load(context_, target_->endpoint());
  if (!ready) return failed(ready.error());
  record_.answer_digest = ready->answer_digest;
  auto engine = Engine::connect(ready->setup);
  if (!engine) return failed(engine.error().within("target " + context_.target.name));
  engine_ = std::move(*engine);
  return true;
}

LoadPhase SegmentRun::phase(std::uint64_t branch, Nanos duration) const {
  const bool caller = caller_samples(context_);
  LoadPhase phase;
  phase.closed = capacity();
  phase.rate = context_.rate;
  phase.arrivals = context_.suite.load.arrivals;
  phase.arrival_seed = derive_seed(spec_.arrival_seed, branch);
  phase.duration = duration;
  // Where the target decides, nobody here knows which requests are sampled: all count as unsampled.
  phase.ids = RequestIds{derive_seed(spec_.id_seed, branch), caller ? arm_.rate : SampleRate{}};
  return phase;
}

LoadResult SegmentRun::run_phase(const LoadPhase& phase) {
  LoadResult result = engine_->run(phase, context_.stop);
  expected_.phases.push_back(expected_phase(phase, result, exports_));
  abandoned_ = abandoned_ || context_.stop.stop_requested();
  if (result.exceptions_lost > 0) {
    record_.warnings.push_back(fmt::format(
        "{} failed requests are not known one by one: the receipt cannot account for them",
        result.exceptions_lost));
  }
  return result;
}

bool SegmentRun::warm_up() {
  const Design& design = context_.suite.design;
  const Nanos length =
      capacity() ? std::max<Nanos>(kShortestCapacityWarmup, design.warmup / 2) : design.warmup;
  if (length > Nanos{0}) {
    context_.step("warm-up");
    run_phase(phase(0, length));
  }
  // Spans of the warm-up that are exported later would be charged to the measured phase.
  if (!abandoned_) drained_ = wait_for_spans().complete;
  return !abandoned_;
}

DrainOutcome SegmentRun::wait_for_spans() {
  const Design& design = context_.suite.design;
  const bool counted = caller_samples(context_) || !exports_;
  DrainRule rule;
  if (counted) rule.due = spans_due(expected_);
  rule.shortest = design.settle;
  // What did not come after the warm-up will not come after the measurement: the receipt stays open,
  // and waiting for it once is enough.
  rule.deadline = drained_ ? std::max(design.drain, design.settle) : design.settle;
  rule.quiet = std::max(design.settle, target_->span_delay() + kQuietMargin);
  rule.quiet_ends = capacity();
  const auto received = [&]() -> std::optional<std::uint64_t> {
    const auto count = context_.sink.spans_received();
    // Without a sink the arms that need none go on.
    return !count && !exports_ ? std::optional<std::uint64_t>{0} : count;
  };
  const DrainOutcome outcome = drain(rule, received, context_.abandon);
  abandoned_ = abandoned_ || outcome.abandoned;
  return outcome;
}

bool SegmentRun::measure() {
  const auto tree = target_->metered();
  std::optional<TreeSample> before;
  if (tree) {
    if (!capacity()) reset_peak_memory(*tree);
    auto sample = sample_tree(*tree);
    if (sample) before = std::move(*sample);
  }
  const Design& design = context_.suite.design;
  const Nanos length = capacity() ? design.capacity.value_or(1s) : design.measure;
  context_.step(capacity() ? "capacity" : "measure");
  const HostNoise noise_before = host_noise_now();
  record_.started_at = utc_stamp_now();
  const bool own_cpus = context_.target.kind != TargetKind::attached;
  CoreProbe core(own_cpus ? context_.pinning.target : CpuList{},
                 capacity() ? CoreProbe::Priority::normal : CoreProbe::Priority::idle);
  const LoadResult result = run_phase(phase(1, length));
  const std::uint64_t cpu_after_load = before ? cpu_ns_now(*before) : 0;
  record_.core = core.stop();
  if (before && own_cpus) {
    record_.target_busy = busy_share(*before, cpu_after_load, result.elapsed, context_.pinning.target);
  }
  const HostNoise noise_after = host_noise_now();
  record_.steal_pct = steal_pct(noise_before, noise_after);
  record_.throttled = noise_after.throttled - std::min(noise_before.throttled, noise_after.throttled);
  take_numbers(result, length);
  if (abandoned_) return false;

  context_.step("drain");
  const DrainOutcome drained = wait_for_spans();
  drained_ = drained.complete && drained_;
  received_by_drain_ = drained.received;
  if (const auto ended = target_->ended()) {
    void_because(VoidRule::target_restarted, *ended);
  } else if (tree && !capacity()) {
    take_usage(before, cpu_after_load);
  }
  return !abandoned_;
}

void SegmentRun::take_usage(const std::optional<TreeSample>& before, std::uint64_t cpu_after_load) {
  const auto after = sample_tree(*target_->metered());
  if (!before || !after) {
    void_because(VoidRule::target_restarted, "the target's processes could not be metered");
    return;
  }
  auto usage = usage_between(*before, *after);
  if (!usage) {
    void_because(VoidRule::target_restarted, usage.error().message);
    return;
  }
  usage->cpu_drain_ns = after->cpu_ns() - std::min(cpu_after_load, after->cpu_ns());
  record_.usage = *usage;
}

void SegmentRun::take_numbers(const LoadResult& result, Nanos planned) {
  record_.duration_s = seconds(result.elapsed);
  record_.requests = result.ok;
  record_.sent = result.sent;
  record_.late = result.late;
  record_.errors = result.errors;
  // The plan's own count, so that the scatter of Poisson arrivals is no shortfall.
  record_.asked_rate = capacity() ? 0 : static_cast<double>(result.due) / seconds(planned);
  record_.achieved_rate = result.achieved_rate;
  if (result.due > 0) {
    const auto sampled = static_cast<double>(phase(1, planned).ids.sampled_among(result.due));
    record_.sampled_share = sampled / static_cast<double>(result.due);
  }
  if (result.ok > 0) {
    record_.driver_cpu_us_per_request =
        static_cast<double>(result.cpu.count()) / 1e3 / static_cast<double>(result.ok);
  }
  const auto& cpus = context_.pinning.driver;
  const auto threads = static_cast<std::size_t>(std::max(1, context_.suite.load.threads));
  const auto usable = static_cast<double>(cpus.empty() ? threads : std::min(threads, cpus.size()));
  if (result.elapsed > Nanos{0}) {
    record_.driver_busy = seconds(result.cpu - result.cpu_spinning) / (seconds(result.elapsed) * usable);
  }
  record_.response_sampled = result.response_sampled;
  record_.response_unsampled = result.response_unsampled;
  record_.service_sampled = result.service_sampled;
  record_.service_unsampled = result.service_unsampled;
  record_.lag = result.lag;
  record_.lag_held_up = result.lag_held_up;
  record_.wait = result.wait;
  if (result.messages > 0) record_.messages = MessageTimes{result.messages, result.first_message, result.message_gap};
}

void SegmentRun::stop() {
  if (!abandoned_) context_.step("stop");
  engine_.reset();  // its connections, so that a server that waits for them can end
  const bool alive = !target_->ended();
  const TargetEnd end = target_->stop(context_.abandon);
  record_.self_counts = end.self_counts;
  if (alive && end.killed && !abandoned_) {
    void_because(VoidRule::target_killed,
                 fmt::format("target {} did not end within {} of SIGTERM and was killed: its last spans "
                             "may be lost; make it end on SIGTERM, or raise stop_within",
                             context_.target.name, format_duration(context_.target.stop_within)));
  }
}

void SegmentRun::close_receipt() {
  const bool caller = caller_samples(context_);
  const bool counted = caller || !exports_;
  const auto received = context_.sink.spans_received();
  // After the target's end: nothing can come any more.
  record_.receipt = counted ? context_.sink.close_segment(expected_) : context_.sink.count_segment();
  if (!counted) {
    check_late_spans(received);
    judge_by_self_counts();
  }
  if (record_.receipt.sink_failure && !exports_) {
    record_.warnings.push_back("the sink had failed: " + *record_.receipt.sink_failure);
    record_.receipt.sink_failure.reset();
  }
}

// Where nobody knows how many spans must come, a drain that ended too early looks complete.
void SegmentRun::check_late_spans(std::optional<std::uint64_t> received) {
  if (capacity() || !received || !received_by_drain_ || *received <= *received_by_drain_) return;
  void_because(VoidRule::receipt_open,
               fmt::format("{} of {} spans came only after the drain, so their cost is not in the numbers; does the "
                           "target keep to OTEL_BSP_SCHEDULE_DELAY ({})? else raise design.settle above its delay",
                           *received - *received_by_drain_, *received, format_duration(target_->span_delay())));
}

void SegmentRun::judge_by_self_counts() {
  record_.receipt = receipt_from_self_counts(record_.receipt, record_.self_counts);
  record_.sampled_share = sampled_share(record_.receipt, expected_).value_or(arm_.rate.share());
  if (record_.self_counts) return;
  record_.warnings.emplace_back(
      "the target decides about sampling and does not count its spans: nobody knows how many had to come");
}

void SegmentRun::judge() {
  const bool known = caller_samples(context_);
  const double phase_s = capacity() ? 0 : seconds(context_.suite.design.measure);
  auto broken = check_validity(record_, {exports_, known ? 0 : arm_.rate.share(), phase_s});
  if (capacity()) {
    // At full speed a queue may rightly overflow. It is told, for losing spans flatters the capacity.
    if (const auto loss = lost_share(record_.receipt); loss && !record_.receipt.sink_failure) {
      std::erase_if(broken, [](const VoidReason& reason) { return reason.rule == VoidRule::receipt_open; });
      if (*loss > 0) {
        record_.warnings.push_back(fmt::format(
            "{:.3g} % of the spans were lost at full speed: the capacity is flattered", 100 * *loss));
      }
    }
  } else if (!drained_ && !record_.receipt.sink_failure && record_.receipt.closes()) {
    void_because(VoidRule::receipt_open,
                 fmt::format("the last spans came only after the drain's deadline of {}, so their cost is "
                             "not in the numbers; raise it: --set design.drain=20s",
                             format_duration(context_.suite.design.drain)));
  }
  record_.voids.insert(record_.voids.end(), broken.begin(), broken.end());
}

}  // namespace

SegmentRecord run_segment(const SegmentSpec& spec, const SegmentContext& context) {
  SegmentRecord record = SegmentRun{spec, context}.run();
  record.pack();
  return record;
}

Result<ReadyLoad> prepare_load(const SegmentContext& context, const Endpoint& endpoint) {
  const LoadShape& load = context.suite.load;
  auto scenario = context.prepare(context.scenario, {endpoint, caller_samples(context)});
  if (!scenario) return failure(scenario.error().within("scenario " + context.scenario.name));
  const auto answer = check_once(endpoint, *scenario, load.timeout);
  if (!answer) {
    return failure(answer.error().within(fmt::format("target {}, scenario {}: the first request",
                                                     context.target.name, context.scenario.name)));
  }
  ReadyLoad ready;
  ready.scenario = *scenario;
  ready.answer_digest = answer->body_sha256_prefix;
  ready.setup.endpoint = endpoint;
  ready.setup.scenario = std::move(*scenario);
  ready.setup.connections = load.connections;
  ready.setup.streams = load.streams;
  ready.setup.threads = load.threads;
  ready.setup.release = context.release;
  ready.setup.queue = load.queue;
  ready.setup.timeout = load.timeout;
  return ready;
}

}  // namespace tracetax
