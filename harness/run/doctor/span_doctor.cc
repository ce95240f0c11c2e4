// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/span_doctor.h"

#include <algorithm>
#include <chrono>

#include "harness/run/doctor/cells.h"
#include "harness/run/doctor/span_start.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

// What a further start may take, beyond the time that the first took to come up.
constexpr Nanos kForChange = 4s, kForMemory = 6s;

std::string value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

TracingFacts facts_of(const SpanStart& start, const SinkPorts& ports) {
  const Suite& suite = *start.context.suite;
  const TargetSpec& target = start.context.target;
  const ArmSpec arm = arm_for_spans(start);
  TracingFacts facts;
  Suite fresh = suite;  // as each start here is
  fresh.design.processes = Processes::fresh;
  facts.ledger = ledger_facts(fresh, target, arm);
  facts.ledger.plan_knows = true;  // each request had the flag, and a trace id that is known
  if (target.kind == TargetKind::attached) return facts;
  LaunchFacts launch;
  launch.sink = ports;
  const Environment set = target_command(suite, target, arm, launch).environment;
  facts.sampler = value_of(set, "OTEL_TRACES_SAMPLER");
  facts.exporter = value_of(set, "OTEL_TRACES_EXPORTER");
  facts.propagators = value_of(set, "OTEL_PROPAGATORS");
  facts.endpoint = value_of(set, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (facts.endpoint.empty()) facts.endpoint = value_of(set, "OTEL_EXPORTER_OTLP_ENDPOINT");
  const auto holds = [&](const std::string& text) {
    return facts.endpoint.find(text) != std::string::npos;
  };
  // Ports of other services are not known yet.
  facts.endpoint_is_ours = holds("{port") || holds(":" + std::to_string(ports.http)) ||
                           (ports.grpc > 0 && holds(":" + std::to_string(ports.grpc)));
  if (!keeps_all_or_none(facts.sampler)) {
    const bool keeps_all = value_of(set, "OTEL_TRACES_SAMPLER_ARG") == "1";
    facts.ledger.drops_on_purpose = facts.ledger.drops_on_purpose || !keeps_all;
  }
  return facts;
}

class SpanDoctor {
 public:
  SpanDoctor(const Suite& suite, const RunnerOptions& options, bool found_out)
      : cells_(suite, options, kLongestSpanLook), found_out_(found_out) {}

  Result<std::vector<SpanReport>> take() {
    const Status done = cells_.each([](const TargetSpec&) { return true; },
                                    [this](const SegmentContext& cell) { return look(cell); });
    if (!done) return failure(done.error());
    if (reports_.empty())
      return failure(ExitCode::usage,
                     "no arm exports spans; an arm with \"rate\" does, in its state \"export\"");
    return std::move(reports_);
  }

 private:
  Status look(const SegmentContext& cell) {
    bool first = true;
    for (const int place : arms_to_look_at(cells_.suite(), cell.target)) {
      const ArmSpec& arm = cells_.suite().arms[static_cast<std::size_t>(place)];
      if (state_of(arm, cell.target) != TracingState::exporting || arm.counts_spans) continue;
      cells_.at_arm(arm.name);
      reports_.push_back(look_at_arm(cell, place, first));
      first = false;
      if (cells_.limit().interrupted()) return {};
    }
    return {};
  }

  SpanReport look_at_arm(const SegmentContext& cell, int place, bool first) {
    SpanReport report{cell.target.name, cell.scenario.name,
                      cells_.suite().arms[static_cast<std::size_t>(place)].name};
    SpanStart start{.context = cell,
                    .arm = place,
                    .spans_each = found_out_ ? 0 : cell.target.spans_per_request,
                    .left = [this] { return cells_.limit().left(); }};
    SpanEvidence& evidence = report.evidence;
    const auto sinks = first_sinks(cells_.suite(), cell.sinks);
    evidence.facts = facts_of(start, cell.sinks[sinks[static_cast<std::size_t>(place)]]->ports());
    const auto began = std::chrono::steady_clock::now();
    evidence.as_it_is = start_for_spans(start, evidence);
    if (cells_.limit().over() && report.failed().empty())
      evidence.as_it_is.failed = "the time for it was over before it was done";
    if (!report.failed().empty()) return report;
    const Nanos took = std::chrono::steady_clock::now() - began;
    for (const std::string& change : worth_changing(evidence.facts, evidence.as_it_is)) {
      if (cell.target.kind == TargetKind::attached || cells_.limit().left() < kForChange) break;
      start.change = change;
      evidence.changed.push_back(start_for_spans(start, evidence));
      if (evidence.changed.back().segment.receipt.received > 0) break;
    }
    start.change.clear();
    start.spans_each = evidence.as_it_is.spans_each;
    if (first && diagnose(evidence).empty() && cell.target.kind != TargetKind::attached &&
        cells_.limit().left() > std::min<Nanos>(took, kForChange) + kForMemory)
      evidence.memory = start_for_memory(start);
    report.ledger = make_ledger(evidence.as_it_is.segment, evidence.facts.ledger);
    report.findings = diagnose(evidence);
    return report;
  }

  Cells cells_;
  bool found_out_;
  std::vector<SpanReport> reports_;
};

}  // namespace

Result<std::vector<SpanReport>> examine_spans(const Suite& suite, const RunnerOptions& options,
                                              bool found_out) {
  return SpanDoctor{suite, options, found_out}.take();
}

}  // namespace tracetax
