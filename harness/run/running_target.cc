// SPDX-License-Identifier: Apache-2.0
#include "harness/run/running_target.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <thread>

#include "harness/core/ledger/span_ledger.h"
#include "harness/core/services.h"
#include "harness/core/text/url_parts.h"
#include "harness/run/process/last_words.h"
#include "harness/run/process/ports.h"
#include "harness/run/process/readiness.h"
#include "harness/run/process/self_counts.h"
#include "harness/run/service/metrics_reading.h"
#include "harness/run/service/service_plan.h"

namespace tracetax {
namespace {

constexpr int kPortTries = 3;
constexpr Nanos kMetricsWithin = std::chrono::seconds{1};
constexpr Nanos kLongestPassing = std::chrono::seconds{2};
constexpr std::size_t kOutputKept = 64 * 1024;  // of the end of the log
constexpr std::size_t kWordsRead = 4096;

/// "target gin" + "was not ready ..."
Error named(const TargetSpec& target, const Error& error) {
  return {error.code, fmt::format("target {} {}", target.name, error.message)};
}

/// Where the load goes: to the port that was given, at the host that the readiness URL names.
Endpoint endpoint_at(const TargetSpec& target, int port) {
  const std::string_view host = split_url(target.ready).host;
  const bool names_host = !host.empty() && target.ready.find("{port}") != std::string::npos;
  return {names_host ? std::string{host} : "127.0.0.1", port};
}

/// What tracetax sets of an environment.
Environment set_here(const Environment& all) {
  const Environment inherited = inherited_environment();
  Environment ours;
  for (const auto& [name, value] : all) {
    const auto before = inherited.find(name);
    if (before == inherited.end() || before->second != value) ours[name] = value;
  }
  return ours;
}

/// So far; 0 if it is gone, which is told elsewhere.
std::uint64_t cpu_ns_of(const MeteredTree& tree) {
  const auto sample = sample_tree(tree);
  return sample ? sample->cpu_ns() : 0;
}

}  // namespace

std::string readiness_url(const TargetSpec& target, int port) {
  const LaunchFacts facts{.target_program = "", .port = port, .sink = {}};
  return filled(target.ready.empty() ? "tcp://127.0.0.1:{port}" : target.ready,
                placeholders(facts));
}

Result<RunningTarget> RunningTarget::start(const TargetStart& start) {
  if (start.target.kind == TargetKind::attached) return attach(start);
  for (int tries = 1;; ++tries) {
    auto plan = plan_services(start.suite, start.target, start.arm,
                              {start.target_program, 0, start.sink, start.environment_pad},
                              start.cpus, start.pool);
    if (!plan) return failure(plan.error());
    std::vector<int> ports;
    for (const PlannedService& planned : *plan) ports.push_back(planned.port);
    auto running = launch(start, *plan);
    // Between our look and its bind, another program may have taken a port. By now nothing of ours
    // runs any more.
    const bool taken = !running && !std::ranges::all_of(ports, port_is_free);
    if (running || !taken || tries == kPortTries) return running;
  }
}

Result<RunningTarget> RunningTarget::launch(const TargetStart& start,
                                            std::vector<PlannedService>& plan) {
  RunningTarget running{start.target};
  running.output_ = start.output;
  Nanos held{0};  // by those that pass spans on
  for (PlannedService& planned : plan) {
    const ServiceSpec& spec = planned.spec;
    const bool own = !spec.per_block || start.pool == nullptr;
    if (spec.front && start.output) {
      const LaunchSpec& program = planned.launch.program;
      *start.output = {.target = start.target.name,
                       .arm = start.arm.name,
                       .argv = program.argv,
                       .working_dir = program.working_dir,
                       .environment = set_here(program.environment)};
      planned.launch.said = &start.output->text;
    }
    if (!planned.up) {
      auto service = RunningService::start(std::move(planned.launch), start.abandon);
      if (!service) return failure(service.error());
      planned.up = std::make_shared<RunningService>(std::move(*service));
      if (!own) start.pool->add({spec.name, planned.up, planned.port, planned.values});
    }
    Member& member = running.services_.emplace_back(planned.up, spec.name, spec.role, own);
    member.metrics = planned.metrics;
    member.port = planned.port;
    member.traced = spec.traced;
    member.holds_spans = spec.holds_spans.value_or(Nanos{0});
    running.span_delay_ = std::max(running.span_delay_, planned.span_delay);
    if (is_sent_to(start.suite, start.target, start.arm, spec))
      held += spec.holds_spans.value_or(Nanos{0});
    if (!spec.front) continue;
    running.front_ = running.services_.size() - 1;
    running.endpoint_ = endpoint_at(start.target, planned.port);
  }
  running.span_delay_ += held;
  return running;
}

Result<RunningTarget> RunningTarget::attach(const TargetStart& start) {
  const TargetSpec& target = start.target;
  const std::string ready = target.ready.empty() ? "" : target.ready;
  const auto endpoint = endpoint_of_url(target.url);
  if (!endpoint) return failure(endpoint.error().within("target " + target.name));
  const auto probe = readiness_probe(
      ready.empty() ? "tcp://" + authority_text(endpoint->host, endpoint->port) : ready);
  if (!probe) return failure(probe.error().within("target " + target.name));
  RunningTarget running{target};
  running.endpoint_ = *endpoint;
  running.span_delay_ = batch_delay({});
  const Status up = wait_until_ready(*probe, nullptr, target.ready_within, start.abandon);
  if (!up) return failure(named(target, up.error()));
  return running;
}

std::optional<MeteredTree> RunningTarget::metered() const {
  if (services_.empty()) {
    if (spec_->pid) return MeteredTree{*spec_->pid, true};
    return std::nullopt;
  }
  // The front, unless it is a companion, such as a proxy before the subject.
  const auto subject = std::ranges::find(services_, ServiceRole::subject, &Member::role);
  const bool front = services_[front_].role == ServiceRole::subject || subject == services_.end();
  MeteredTree all = (front ? services_[front_] : *subject).tree();
  for (const Member& member : services_) {
    const pid_t keeper = member.tree().root;
    if (member.role == ServiceRole::subject && keeper != all.root) all.more.push_back(keeper);
  }
  return all;
}

void RunningTarget::start_metering() {
  if (services_.size() < 2) return;
  for (Member& member : services_) {
    if (member.role == ServiceRole::companion) reset_peak_memory(member.tree());
    member.before = sample_tree(member.tree()).value_or(TreeSample{});
    member.turn_began_ns.reset();
    member.used_in_turns_ns.reset();
  }
}

std::vector<ServiceUsage> RunningTarget::services_used() const {
  std::vector<ServiceUsage> all;
  if (services_.size() < 2) return all;
  for (const Member& member : services_) {
    const auto after = sample_tree(member.tree());
    if (!after) continue;
    ServiceUsage used{member.name, member.role, 0, 0};
    // Of workers that came and went in between the time is known to their parents, in ticks.
    used.cpu_ns = member.used_in_turns_ns.value_or(
        after->cpu_ns() - std::min(after->cpu_ns(), member.before.cpu_ns()));
    for (const ProcessSample& process : after->processes)
      used.rss_peak_bytes += process.rss_peak_bytes;
    all.push_back(std::move(used));
  }
  return all;
}

std::optional<MetricsPage> RunningTarget::read_metrics_of(Member& member) const {
  // One that others use too counts their spans with ours.
  if (member.metrics.empty() || !member.own) return std::nullopt;
  auto page = tracetax::read_metrics(member.metrics, kMetricsWithin);
  if (!page) return std::nullopt;
  if (const auto counts = collector_counts(page->values)) member.accepted = counts->accepted;
  return std::move(*page);
}

std::map<std::string, MetricsPage> RunningTarget::read_metrics() {
  std::map<std::string, MetricsPage> pages;
  for (Member& member : services_) {
    if (auto page = read_metrics_of(member)) pages[member.name] = std::move(*page);
  }
  return pages;
}

/// What came to it when those before it flushed at their end has to pass through it first. A
/// sampler drops some, so that the time has to end it too.
void RunningTarget::read_last_metrics(Member& member, TargetEnd& end) const {
  const std::uint64_t accepted = member.accepted;
  auto page = read_metrics_of(member);
  const auto passes_on = [&page] {
    const auto counts = page ? collector_counts(page->values) : std::nullopt;
    return counts && counts->sent + counts->send_failed < counts->accepted;
  };
  const Nanos longest = std::min<Nanos>(4 * member.holds_spans, kLongestPassing);
  const auto over = std::chrono::steady_clock::now() + longest;
  while (member.accepted > accepted && passes_on() && std::chrono::steady_clock::now() < over) {
    std::this_thread::sleep_for(longest / 10);
    page = read_metrics_of(member);
  }
  if (page) end.metrics[member.name] = std::move(*page);
}

std::map<std::string, int> RunningTarget::ports_behind() const {
  std::map<std::string, int> ports;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (i != front_ && services_[i].traced) ports[services_[i].name] = services_[i].port;
  }
  return ports;
}

std::optional<ServiceEnded> RunningTarget::ended() {
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (auto why = services_[i].running->ended()) return ServiceEnded{*why, is_companion(i)};
  }
  return std::nullopt;
}

std::vector<std::string> RunningTarget::failed_companions(const std::function<bool()>& abandon) {
  std::vector<std::string> failed;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (!is_companion(i)) continue;
    const Status answers = services_[i].running->still_answers(abandon);
    if (!answers && answers.error().code != ExitCode::interrupted)
      failed.push_back(answers.error().message);
  }
  return failed;
}

void RunningTarget::note_written() {
  for (Member& member : services_) member.written = member.running->process().log().written();
}

std::string RunningTarget::complaints() const {
  std::string all;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const OutputLog& log = services_[i].running->process().log();
    if (!is_companion(i) || log.written() == services_[i].written) continue;
    const auto news = std::min<std::uint64_t>(log.written() - services_[i].written, kWordsRead);
    all += fmt::format("{}{} wrote: {}", all.empty() ? "" : "; ", services_[i].running->label(),
                       last_words(log.tail(static_cast<std::size_t>(news))));
  }
  return all;
}

std::vector<InvariantAnswer> RunningTarget::ask_invariants(const std::function<bool()>& abandon) {
  std::vector<InvariantAnswer> all;
  for (const Member& member : services_) {
    for (InvariantAnswer& answer : member.running->ask_invariants(abandon)) {
      answer.seen.service = member.name;
      all.push_back(std::move(answer));
    }
  }
  return all;
}

void RunningTarget::freeze() {
  for (Member& member : std::views::reverse(services_)) {
    if (member.own) {
      member.running->process().freeze();
    } else if (member.turn_began_ns) {
      const std::uint64_t now_ns = cpu_ns_of(member.tree());
      member.used_in_turns_ns =
          member.used_in_turns_ns.value_or(0) + now_ns - std::min(now_ns, *member.turn_began_ns);
      member.turn_began_ns.reset();
    }
  }
}

void RunningTarget::thaw() {
  for (Member& member : services_) {
    if (member.own) {
      member.running->process().thaw();
    } else {
      member.turn_began_ns = cpu_ns_of(member.tree());
    }
  }
}

std::string RunningTarget::note_output() const {
  if (services_.empty()) return {};
  const OutputLog& log = services_[front_].running->process().log();
  std::string text = log.tail(kOutputKept);
  if (output_) {
    output_->text = text;
    output_->written = log.written();
  }
  return text;
}

TargetEnd RunningTarget::stop(const std::function<bool()>& abandon) {
  TargetEnd end;
  // Who was started last uses those before it, and hands its last spans to them.
  for (std::size_t i = services_.size(); i-- > 0;) {
    if (!services_[i].own) continue;
    RunningService& service = *services_[i].running;
    // The front is not held up between its last request and SIGTERM: its spans would come
    // meanwhile, whether it flushes or not.
    if (i != front_ && (!abandon || !abandon())) read_last_metrics(services_[i], end);
    const StopOutcome outcome = service.stop(abandon);
    for (InvariantSeen& seen : read_self_invariants(service.process().log().tail(kOutputKept))) {
      seen.service = services_[i].name;
      end.invariants.push_back(std::move(seen));
    }
    if (i != front_) {
      if (outcome.killed) end.killed_services.push_back(service.label());
      // Of a target behind a proxy: the proxy counts no spans.
      const bool behind = services_[front_].role == ServiceRole::companion &&
                          services_[i].role == ServiceRole::subject && !end.self_counts;
      if (behind) end.self_counts = read_self_counts(service.process().log().tail(kOutputKept));
      continue;
    }
    end.killed = outcome.killed;
    end.end = outcome.end;
    if (auto counts = read_self_counts(note_output())) end.self_counts = counts;
  }
  return end;
}

}  // namespace tracetax
