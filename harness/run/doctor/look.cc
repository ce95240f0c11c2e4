// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/look.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/core/services.h"
#include "harness/core/warm.h"
#include "harness/load/engine.h"
#include "harness/load/ledger.h"
#include "harness/run/doctor/http_look.h"
#include "harness/run/doctor/runtime.h"
#include "harness/run/doctor/span_wait.h"
#include "harness/run/drain.h"
#include "harness/run/process/listening_ports.h"
#include "harness/run/process/proc_files.h"
#include "harness/run/ramp.h"
#include "harness/run/ready_load.h"
#include "harness/run/running_target.h"
#include "harness/run/segment_receipt.h"
#include "harness/run/trees/segment_trees.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kFewRequests = 20;  // enough to see a shape, few enough for any queue
constexpr Nanos kFewWithin = 2s;
constexpr Nanos kCapacityTime = 400ms;
// A service that compiles while it runs falls for some seconds. The first window holds what happens
// once, in any runtime.
constexpr int kWarmWindows = 1 + static_cast<int>(kSteadyWindows), kLoadWindows = 3;
constexpr Nanos kWindow = 400ms;
constexpr double kFastest = 20'000;         // requests/s; a look is no measurement
constexpr Nanos kSpanMargin = 700ms;        // beyond the batch delay
constexpr Nanos kLongestSpanWait = 6500ms;  // the specification's delay of 5 s, and something
constexpr Nanos kCloseWithin = 500ms;

std::string propagators_in(const Environment& environment) {
  const auto found = environment.find("OTEL_PROPAGATORS");
  return found == environment.end() ? "" : found->second;
}

double seconds_of(Nanos time) { return std::chrono::duration<double>(time).count(); }

class Looking {
 public:
  explicit Looking(const LookTask& task)
      : task_(task),
        context_(task.context),
        arm_(context_.suite->arms[static_cast<std::size_t>(task.arm)]),
        sink_(*context_.sinks[first_sinks(*context_.suite,
                                          context_.sinks)[static_cast<std::size_t>(task.arm)]]) {
    seen_.target = context_.target.name;
    seen_.scenario = context_.scenario.name;
    seen_.arm = arm_.name;
    seen_.state = state_of(arm_, context_.target);
    seen_.caller_samples = caller_samples(context_) && !arm_.keeps;
    seen_.context = context_sent(context_, arm_);
    if (context_.target.kind != TargetKind::attached)
      seen_.propagators =
          propagators_in(target_command(*context_.suite, context_.target, arm_, {}).environment);
  }

  ArmLook take() {
    if (start() && ask()) {
      look_at_load();
      look_at_spans();
    }
    if (target_) stop();
    return std::move(seen_);
  }

 private:
  [[nodiscard]] bool exports() const { return seen_.state == TracingState::exporting && !carries_; }

  void begin_segment() {
    sink_.begin_segment(context_.target.system != nullptr || arm_.counts_spans);
  }

  bool start() {
    begin_segment();
    context_.step("launch");
    const auto began = Clock::now();
    auto started =
        RunningTarget::start({*context_.suite, context_.target, arm_, context_.target_program,
                              sink_.ports(), 0, context_.pinning.target, context_.abandon});
    if (!started) return failed(started.error());
    target_.emplace(std::move(*started));
    seen_.ready_s = seconds_of(Clock::now() - began);
    seen_.ready_how = readiness_url(context_.target, target_->endpoint().port);
    seen_.batch_delay_s = seconds_of(target_->span_delay());
    seen_.runtime = runtime_of(processes());
    open_before_ = open_descriptors(processes());
    return true;
  }

  [[nodiscard]] std::vector<pid_t> processes() const {
    const auto tree = target_->metered();
    if (!tree) return {};
    std::vector<pid_t> all = descendants_of(tree->root);
    if (tree->root_included) all.insert(all.begin(), tree->root);
    return all;
  }

  bool ask() {
    context_.step("ask");
    if (auto scenario = context_.prepare_scenario(
            context_.scenario, {target_->endpoint(), context_sent(context_, arm_)})) {
      seen_.answer = look_at_answer(target_->endpoint(), *scenario, context_.suite->load.timeout);
    }
    auto ready = make_ready_load(context_, arm_, target_->endpoint());
    if (!ready) return failed(ready.error());
    carries_ = ready->setup.scenario.exports.has_value();
    extra_spans_ = ready->setup.scenario.extra_spans;
    if (const auto& system = context_.target.system)
      trees_.emplace(system->of(arm_.variant), ready->setup.scenario);
    expected_.counted = arm_.counts_spans;
    auto engine = Engine::connect(ready->setup, context_.stop);
    if (!engine) return failed(engine.error());
    engine_ = std::move(*engine);
    return true;
  }

  void note_end() {
    if (const auto ended = target_->ended()) seen_.died = ended->why;
  }

  bool failed(const Error& error) {
    if (target_) note_end();
    seen_.failed = error;
    return false;
  }

  [[nodiscard]] LoadPhase phase(double rate_sampled, Nanos duration) {
    LoadPhase phase;
    phase.rate = rate_;
    phase.arrivals = context_.suite->load.arrivals;
    phase.arrival_seed = ++seed_;
    phase.duration = duration;
    phase.ids =
        RequestIds{derive_seed(0x6c6f6f6b, ++seed_), SampleRate::make(rate_sampled).value()};
    return phase;
  }

  LoadResult run(const LoadPhase& phase) {
    LoadResult result = engine_->run(phase, context_.stop, context_.live);
    ExpectedPhase expected = expected_phase(phase, result, exports());
    expected.extra_spans = extra_spans_;
    if (!trees_)
      expected_.phases.push_back(std::move(expected));
    else if (const Status known = trees_->add(std::move(expected), result, expected_); !known)
      seen_.failed = known.error();
    return result;
  }

  /// Some requests as fast as they are answered.
  LoadResult run_few(double rate_sampled) {
    LoadPhase few = phase(rate_sampled, kFewWithin);
    few.closed = true;
    few.count = kFewRequests;
    return run(few);
  }

  /// Without tracing every request has the flag, to see that off is off. What already runs traces
  /// in every arm: there off is that no request has it.
  double sampled_by_arm() const {
    if (!exports()) return context_.target.kind == TargetKind::attached ? 0 : 1;
    return seen_.caller_samples ? arm_.rate.share() : 0;
  }

  void choose_rate() {
    rate_ = context_.rate;
    if (!task_.first) return;
    context_.step("ramp");
    LoadPhase full = phase(sampled_by_arm(), kCapacityTime);
    full.closed = true;
    const LoadResult result = run(full);
    if (result.elapsed > Nanos{0})
      seen_.capacity = static_cast<double>(result.ok) / seconds_of(result.elapsed);
    if (rate_ == 0) rate_ = offered_share(seen_.capacity, task_.share);
  }

  void look_at_load() {
    // A first few, so that spans are seen in a calm: what is lost there is no matter of queues.
    if (exports()) look_at_calm_spans();
    begin_segment();
    expected_.phases.clear();
    choose_rate();
    LoadLook load;
    load.planned_rate = rate_;
    rate_ = load.asked_rate = std::min(rate_, kFastest);
    const auto tree = target_->metered();
    auto before = tree ? sample_tree(*tree) : Result<TreeSample>{failure(ExitCode::invalid, "")};
    seen_.metered = before.has_value();
    std::uint64_t used_ns = before ? before->cpu_ns() : 0;
    context_.step(task_.first ? "warm-up" : "load");
    LoadResult all;
    const int windows = task_.first ? kWarmWindows : kLoadWindows;
    load.windows_s = seconds_of(kWindow);
    for (int i = 0; i < windows && !context_.abandon() && !target_->ended(); ++i) {
      const LoadResult part = run(phase(sampled_by_arm(), kWindow));
      if (before && part.ok > 0) {
        const std::uint64_t now_ns = cpu_ns_now(*before);
        load.window_costs_us.push_back(static_cast<double>(now_ns - used_ns) / 1e3 /
                                       static_cast<double>(part.ok));
        used_ns = now_ns;
      }
      add_later_phase(all, part);
    }
    load.sent = all.sent;
    load.ok = all.ok;
    load.errors = all.errors;
    const double planned_s = windows * load.windows_s;
    load.asked_rate = static_cast<double>(all.due) / planned_s;
    load.achieved_rate = all.elapsed > Nanos{0} ? static_cast<double>(all.ok) /
                                                      std::max(planned_s, seconds_of(all.elapsed))
                                                : 0;
    note_end();
    seen_.load = std::move(load);
  }

  void look_at_calm_spans() {
    SpanLook spans;
    expected_.phases.clear();
    const LoadResult few = run_few(1);
    spans.sampled = few.ok;
    spans.traces_expected = few.ok;
    context_.step("drain");
    wait_for_spans(few.ok);
    const Receipt receipt = seen_.caller_samples ? close(expected_) : sink_.count_segment();
    spans.trees = receipt.trees;
    spans.spans = receipt.received;
    spans.traces = receipt.traces_received;
    spans.foreign = receipt.unexpected_traces;
    // What some requests leave more than the others is the scenario's, not the service's.
    std::uint64_t extra = 0;
    for (std::uint64_t k = 0; k < few.due; ++k) extra += expected_.phases.back().extra_of(k);
    extra = seen_.caller_samples ? std::min(extra, receipt.received) : 0;
    if (receipt.traces_received > 0)
      spans.spans_each = static_cast<double>(receipt.received - extra) /
                         static_cast<double>(receipt.traces_received);
    const auto each = static_cast<std::uint64_t>(spans.spans_each + 0.5);
    spans.all_alike = !spans.trees && seen_.caller_samples && each > 0 &&
                      receipt.unexpected_traces == 0 &&
                      receipt.received - extra == each * receipt.traces_expected &&
                      close({expected_.phases, static_cast<int>(each)}).wrong_shape_traces == 0;
    spans.delay_max_ms = receipt.export_delay_max_ms.value_or(0);
    spans.quality = receipt.quality.value_or(TraceQuality{});
    seen_.spans = spans;
  }

  /// Until they are there and no more come, or the batch delay is over.
  void wait_for_spans(std::uint64_t at_least) {
    const Nanos counts = arm_.counts_spans ? kCountsEvery : Nanos{0};
    tracetax::wait_for_spans(
        sink_, at_least,
        std::min({target_->span_delay() + counts + kSpanMargin, kLongestSpanWait, task_.left()}),
        context_.abandon);
  }

  /// The last requests, with and without the flag; SIGTERM follows at once.
  void look_at_spans() {
    if (!engine_ || context_.abandon() || target_->ended()) return;
    context_.step("spans");
    if (!exports()) {
      static_cast<void>(run_few(sampled_by_arm()));
      return;
    }
    without_flag_ = expected_.phases.size();
    seen_.spans->unsampled = run_few(0).ok;
    const std::uint64_t last = run_few(1).ok;
    // Of a service that samples by itself nobody knows which of them it kept, and counts come in
    // place of traces.
    if (seen_.caller_samples && !arm_.counts_spans) seen_.spans->last_sampled = last;
  }

  Receipt close(const ExpectedSpans& expected) { return sink_.close_segment(expected); }

  void stop() {
    context_.step("stop");
    const bool connected = engine_ != nullptr;
    engine_.reset();
    const bool alive = !target_->ended();
    if (alive && connected && task_.first) look_at_descriptors();
    const auto began = Clock::now();
    const TargetEnd end = target_->stop(context_.abandon);
    if (alive && context_.target.kind != TargetKind::attached) {
      StopLook stop;
      stop.took_s = seconds_of(Clock::now() - began);
      stop.killed = end.killed;
      stop.patience_s = seconds_of(context_.target.stop_within);
      if (end.end) stop.end = end.end->text();
      seen_.stop = stop;
    }
    if (seen_.failed || carries_) return;
    if (!exports()) {
      SpanLook spans;
      spans.spans = sink_.count_segment().received;
      for (const ExpectedPhase& phase : expected_.phases) spans.sampled += phase.requests;
      seen_.spans = spans;
    } else if (without_flag_ > 0 && seen_.spans && seen_.caller_samples && !arm_.counts_spans) {
      count_last_spans();
    }
  }

  /// What it opened for our connections it should close when they are gone.
  void look_at_descriptors() {
    const auto end = Clock::now() + kCloseWithin;
    do {
      seen_.descriptors_grew_by =
          static_cast<long>(open_descriptors(processes())) - static_cast<long>(open_before_);
    } while (2 * seen_.descriptors_grew_by >
                 connections_of(context_.scenario, context_.suite->load) &&
             Clock::now() < end && sleep_unless(context_.abandon, kDrainPoll));
    seen_.processes = processes().size();
    seen_.beside = services_of(*context_.suite, context_.target).size() - 1;
  }

  /// Each question is a receipt of its own for the same spans.
  void count_last_spans() {
    SpanLook& spans = *seen_.spans;
    const ExpectedSpans last{{expected_.phases.back()}, 1};
    const Receipt of_last = close(last);
    spans.last_came = of_last.traces_expected - of_last.missing_traces;
    ExpectedPhase unsampled = expected_.phases[without_flag_];
    unsampled.ids = RequestIds{unsampled.ids.seed(), SampleRate::make(1).value()};
    const Receipt of_unsampled = close({{unsampled}, 1});
    spans.from_unsampled = of_unsampled.traces_expected - of_unsampled.missing_traces;
  }

  bool carries_ =
      false;  // requests carry spans of the load: about those of the target nothing is asked
  const LookTask& task_;
  const SegmentContext& context_;
  const ArmSpec& arm_;
  SinkProcess& sink_;
  ArmLook seen_;
  std::optional<RunningTarget> target_;
  std::unique_ptr<Engine> engine_;
  ExpectedSpans expected_;
  std::optional<SegmentTrees> trees_;       // of a topology
  std::vector<std::uint32_t> extra_spans_;  // of the requests, in their cycle
  std::size_t open_before_ = 0;
  std::size_t without_flag_ = 0;  // index of the phase without sampled flags
  double rate_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace

ArmLook look_at(const LookTask& task) { return Looking{task}.take(); }

}  // namespace tracetax
