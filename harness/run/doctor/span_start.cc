// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/span_start.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/load/engine.h"
#include "harness/load/ledger.h"
#include "harness/run/doctor/span_wait.h"
#include "harness/run/drain.h"
#include "harness/run/process/export_words.h"
#include "harness/run/ready_load.h"
#include "harness/run/running_target.h"
#include "harness/run/segment_receipt.h"
#include "harness/run/trees/segment_trees.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kCalmRequests = 4;  // no queue overflows by these
constexpr std::uint64_t kLastRequests = 8;
// As many as fit a queue of the usual 2048 spans even if nobody exports meanwhile.
constexpr std::uint64_t kBurstRequests = 256, kBurstSpans = 1500;
constexpr Nanos kPhaseWithin = 2s;
constexpr Nanos kLongestBatchDelay = 500ms, kShortBatchDelay = 200ms;
constexpr Nanos kMargin = 700ms;       // beyond the batch delay
constexpr Nanos kUsualDelay = 5200ms;  // of a batch whose delay the code has not set
constexpr Nanos kMemoryStep = 300ms;
constexpr int kMemorySteps = 10;

/// A target that is up with an arm of its own.
class Start {
 public:
  explicit Start(const SpanStart& task)
      : task_(task),
        suite_(*task.context.suite),
        context_(with_suite(task.context, suite_)),
        sink_(*context_.sinks[first_sinks(suite_, context_.sinks)[place()]]) {
    suite_.arms[place()] = arm_for_spans(task);
  }

  Status up() {
    sink_.begin_segment(context_.target.system != nullptr);
    context_.step("launch");
    auto started = RunningTarget::start({suite_, context_.target, suite_.arms[place()],
                                         context_.target_program, sink_.ports(), 0,
                                         context_.pinning.target, context_.abandon});
    if (!started) return failure(started.error());
    target_.emplace(std::move(*started));
    auto ready = make_ready_load(context_, suite_.arms[place()], target_->endpoint());
    if (!ready) return failure(ready.error());
    if (ready->setup.scenario.exports)
      return failure(ExitCode::usage,
                     "its requests carry spans of the load; there is no walk of its own");
    if (const auto& system = context_.target.system)
      trees_.emplace(system->of(suite_.arms[place()].variant), ready->setup.scenario);
    auto engine = Engine::connect(ready->setup, context_.stop);
    if (!engine) return failure(engine.error());
    engine_ = std::move(*engine);
    return {};
  }

  /// `requests` back to back, or as many as it takes for so long. Its place among the phases.
  std::size_t ask(std::optional<std::uint64_t> requests, bool sampled,
                  Nanos within = kPhaseWithin) {
    LoadPhase phase;
    phase.closed = true;
    phase.duration = within;
    phase.count = requests;
    phase.ids = RequestIds{derive_seed(0x7370616e, ++seed_),
                           sampled ? SampleRate::make(1).value() : SampleRate{}};
    const LoadResult result = engine_->run(phase, context_.stop, context_.live);
    sent_ += result.sent;
    ok_ += result.ok;
    for (const auto& [kind, times] : result.errors) errors_[kind] += times;
    ExpectedSpans of_this{.phases = {}, .trees = std::move(known_trees_)};
    // Outcomes that cannot be are no loss of spans; a run tells them.
    if (trees_)
      static_cast<void>(trees_->add(expected_phase(phase, result, true), result, of_this));
    else
      of_this.phases.push_back(expected_phase(phase, result, true));
    known_trees_ = std::move(of_this.trees);
    phases_.push_back(std::move(of_this.phases.front()));
    return phases_.size() - 1;
  }

  /// What had to come of these phases.
  [[nodiscard]] Receipt close(std::vector<ExpectedPhase> phases, int spans_each) {
    return sink_.close_segment(
        {.phases = std::move(phases), .spans_per_request = spans_each, .trees = known_trees_});
  }
  /// Requests of one phase alone, as if all had the flag.
  [[nodiscard]] Receipt receipt_of(std::size_t phase, int spans_each) {
    ExpectedPhase alone = phases_[phase];
    alone.ids = RequestIds{alone.ids.seed(), SampleRate::make(1).value()};
    return close({alone}, spans_each);
  }
  [[nodiscard]] ProbePhase account_of(std::size_t phase, int spans_each) {
    const Receipt receipt = receipt_of(phase, spans_each);
    const std::uint64_t came = receipt.traces_expected - receipt.missing_traces;
    const std::uint64_t part = std::min(came, receipt.wrong_shape_traces);
    return {receipt.traces_expected, came - part, part};
  }

  /// Until as many are there and no more come, or the time is over.
  void wait_for_spans(std::uint64_t at_least, Nanos longest) {
    tracetax::wait_for_spans(sink_, at_least, std::min(longest, task_.left()), context_.abandon);
  }

  /// What a service behind the front makes of a request with a sampled context. What it answers
  /// does not matter: it may know no such path.
  [[nodiscard]] std::optional<std::size_t> ask_directly(int port) {
    if (trees_) return std::nullopt;  // of a service in the middle no tree is known
    const Endpoint endpoint{"127.0.0.1", port};
    const auto scenario = context_.prepare_scenario(
        context_.scenario, {endpoint, context_sent(context_, suite_.arms[place()])});
    if (!scenario || scenario->protocol != Protocol::http1 || scenario->requests.empty())
      return std::nullopt;
    ExpectedPhase phase;
    phase.ids = RequestIds{derive_seed(0x7370616e, ++seed_), SampleRate::make(1).value()};
    phase.requests = kCalmRequests;
    for (std::uint64_t k = 0; k < kCalmRequests; ++k) {
      PreparedScenario one = *scenario;
      one.requests.resize(1);
      write_context(one.requests.front().context, phase.ids.at(k), one.requests.front().bytes);
      one.requests.front().context.clear();
      static_cast<void>(check_once(endpoint, one, kPhaseWithin, context_.stop));
    }
    phases_.push_back(phase);
    return phases_.size() - 1;
  }

  [[nodiscard]] std::size_t place() const { return static_cast<std::size_t>(task_.arm); }
  SegmentContext& context() { return context_; }
  SinkProcess& sink() { return sink_; }
  RunningTarget& target() { return *target_; }
  [[nodiscard]] bool started() const { return target_.has_value(); }
  void disconnect() { engine_.reset(); }
  [[nodiscard]] const std::vector<ExpectedPhase>& phases() const { return phases_; }
  void note_counts(SegmentRecord& segment) const {
    segment.arm = suite_.arms[place()].name;
    segment.spec.arm = task_.arm;
    segment.sent = sent_;
    segment.requests = ok_;
    segment.errors = errors_;
  }

 private:
  static SegmentContext with_suite(const SegmentContext& context, const Suite& suite) {
    SegmentContext own = context;
    own.suite = &suite;
    return own;
  }

  const SpanStart& task_;
  Suite suite_;
  SegmentContext context_;
  SinkProcess& sink_;
  std::optional<RunningTarget> target_;
  std::unique_ptr<Engine> engine_;
  std::vector<ExpectedPhase> phases_;
  std::optional<SegmentTrees> trees_;  // of a topology
  std::vector<ExpectedSpans::RequestTree> known_trees_;
  std::uint64_t seed_ = 0, sent_ = 0, ok_ = 0;
  std::map<std::string, std::uint64_t> errors_;
};

std::string sink_url(const SpanStart& start, const ArmSpec& arm) {
  const bool grpc = otlp_of(*start.context.suite, start.context.target, arm) == OtlpProtocol::grpc;
  return fmt::format("http://127.0.0.1:{{{}}}", grpc ? "sink_grpc" : "sink_http");
}

std::uint64_t rss_of(const RunningTarget& target) {
  std::uint64_t bytes = 0;
  if (const auto tree = target.metered()) {
    if (const auto sample = sample_tree(*tree)) {
      for (const ProcessSample& process : sample->processes) bytes += process.rss_bytes;
    }
  }
  return bytes;
}

/// One start from its first request to what came after its end.
class Probing {
 public:
  Probing(const SpanStart& task, SpanEvidence& evidence)
      : task_(task), evidence_(evidence), start_(task) {
    seen_.changed = task.change;
    seen_.spans_each = std::max(1, task.spans_each);
  }

  SpanProbe take() {
    if (const Status up = start_.up(); !up) {
      seen_.failed = up.error().message;
      if (start_.started()) static_cast<void>(start_.target().stop(start_.context().abandon));
      return std::move(seen_);
    }
    ask_calmly();
    ask_at_once();
    ask_at_last();
    stop();
    account();
    return std::move(seen_);
  }

 private:
  [[nodiscard]] Nanos delay() const { return delay_; }

  void ask_calmly() {
    delay_ = start_.target().span_delay() + kMargin;
    start_.context().step("a few requests");
    calm_ = start_.ask(kCalmRequests, true);
    start_.wait_for_spans(kCalmRequests * static_cast<std::uint64_t>(seen_.spans_each), delay());
    if (start_.sink().spans_received().value_or(0) == 0 && seen_.changed.empty())
      start_.wait_for_spans(1, kUsualDelay);
    if (task_.spans_each > 0) return;
    const Receipt receipt = start_.receipt_of(calm_, 1);
    // Traces of services that begin their own are not counted: each has too few.
    const std::uint64_t came = receipt.traces_expected - receipt.missing_traces;
    if (came > 0 && receipt.unexpected_traces == 0)
      seen_.spans_each = static_cast<int>((receipt.received + came - 1) / came);
  }

  void ask_at_once() {
    start_.context().step("many at once");
    const auto each = static_cast<std::uint64_t>(seen_.spans_each);
    const std::uint64_t many = std::clamp(kBurstSpans / each, kCalmRequests, kBurstRequests);
    const std::uint64_t before = start_.sink().spans_received().value_or(0);
    burst_ = start_.ask(many, true);
    start_.wait_for_spans(before + many * each, delay());
    ask_behind();
  }

  /// Who begins traces of its own: does it not read the context, or is it not sent any?
  void ask_behind() {
    if (!seen_.changed.empty()) return;
    const Receipt receipt = start_.close(start_.phases(), seen_.spans_each);
    for (const auto& [service, port] : start_.target().ports_behind()) {
      if (std::ranges::find(receipt.broken_propagation, service, &BrokenPropagation::service) ==
          receipt.broken_propagation.end())
        continue;
      if (const auto phase = start_.ask_directly(port)) asked_[service] = *phase;
    }
    if (!asked_.empty()) start_.wait_for_spans(0, delay());
  }

  void ask_at_last() {
    start_.context().step("spans");
    pages_ = start_.target().read_metrics();
    unsampled_ = start_.ask(kLastRequests, false);
    if (start_.context().target.kind != TargetKind::attached)
      last_ = start_.ask(kLastRequests, true);
  }

  void stop() {
    start_.context().step("stop");
    start_.disconnect();
    RunningTarget& target = start_.target();
    const TargetEnd end = target.stop(start_.context().abandon);
    SegmentRecord& segment = seen_.segment;
    start_.note_counts(segment);
    segment.self_counts = end.self_counts;
    segment.export_words = export_words(target.note_output());
    for (const auto& pages : {pages_, end.metrics})
      for (const auto& [service, page] : pages) segment.service_metrics[service] = page.values;
    seen_.killed = end.killed;
  }

  void account() {
    std::vector<ExpectedPhase> phases = start_.phases();
    for (const auto& [service, phase] : asked_) phases[phase].ids = as_unsampled(phases[phase].ids);
    seen_.segment.receipt = start_.close(phases, seen_.spans_each);
    seen_.calm = start_.account_of(calm_, seen_.spans_each);
    seen_.burst = start_.account_of(burst_, seen_.spans_each);
    seen_.unsampled = start_.account_of(unsampled_, seen_.spans_each);
    if (last_) seen_.last = start_.account_of(*last_, seen_.spans_each);
    for (const auto& [service, phase] : asked_)
      evidence_.joins_when_asked[service] = start_.account_of(phase, 1).came() > 0;
  }

  static RequestIds as_unsampled(const RequestIds& ids) { return {ids.seed(), SampleRate{}}; }

  const SpanStart& task_;
  SpanEvidence& evidence_;
  Start start_;
  SpanProbe seen_;
  Nanos delay_{0};
  std::size_t calm_ = 0, burst_ = 0, unsampled_ = 0;
  std::optional<std::size_t> last_;
  std::map<std::string, std::size_t> asked_;
  std::map<std::string, MetricsPage> pages_;  // of before the last requests
};

}  // namespace

ArmSpec arm_for_spans(const SpanStart& start) {
  const Suite& suite = *start.context.suite;
  const TargetSpec& target = start.context.target;
  ArmSpec arm = suite.arms[static_cast<std::size_t>(start.arm)];
  arm.rate = SampleRate::make(1).value();
  arm.sink.faults = {};
  Environment set;
  if (target.kind != TargetKind::attached &&
      batch_delay(target_command(suite, target, arm, {}).environment) > kLongestBatchDelay)
    set["OTEL_BSP_SCHEDULE_DELAY"] = std::to_string(kShortBatchDelay / 1ms);
  if (const std::size_t equals = start.change.find('='); equals != std::string::npos) {
    const std::string name = start.change.substr(0, equals),
                      value = start.change.substr(equals + 1);
    set[name] = value == "{sink}" ? sink_url(start, arm) : value;
    if (name == "OTEL_EXPORTER_OTLP_ENDPOINT")
      set["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] =
          set[name] + (set[name].find("sink_http") != std::string::npos ? "/v1/traces" : "");
  }
  for (const auto& [name, value] : set) arm.env[name] = value;
  if (const auto changed = arm.per_target.find(target.name); changed != arm.per_target.end())
    for (const auto& [name, value] : set) changed->second.env[name] = value;
  return arm;
}

SpanProbe start_for_spans(const SpanStart& start, SpanEvidence& evidence) {
  return Probing{start, evidence}.take();
}

std::optional<MemoryProbe> start_for_memory(const SpanStart& start) {
  Start here{start};
  const Status up = here.up();
  std::optional<MemoryProbe> seen;
  if (up && here.target().metered()) {
    start.context.step("memory");
    seen.emplace().rss_bytes.push_back(rss_of(here.target()));
    for (int i = 0; i < kMemorySteps && !start.context.abandon(); ++i) {
      const std::size_t phase = here.ask(std::nullopt, true, kMemoryStep);
      seen->spans.push_back(here.phases()[phase].requests *
                            static_cast<std::uint64_t>(std::max(1, start.spans_each)));
      seen->rss_bytes.push_back(rss_of(here.target()));
    }
  }
  here.disconnect();
  if (here.started()) static_cast<void>(here.target().stop(start.context.abandon));
  return seen;
}

}  // namespace tracetax
