// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_rows.h"

#include <algorithm>
#include <set>

#include "harness/analysis/pairs/pairing.h"
#include "harness/stats/sample.h"
#include "reports/fidelity/kept_fidelity.h"

namespace tracetax {
namespace {

const Comparison* change_of(const Analysis& analysis, int cell, Metric metric,
                            const std::string& arm, const std::string& off) {
  const auto found = std::ranges::find_if(analysis.comparisons, [&](const Comparison& comparison) {
    return comparison.cell == cell && comparison.metric == metric && comparison.arm == arm &&
           comparison.reference == off;
  });
  return found == analysis.comparisons.end() ? nullptr : &*found;
}

std::map<Metric, Level> levels_of(const RunResult& result, int cell, int arm) {
  std::map<Metric, Level> levels;
  for (const Metric metric : all_metrics()) levels[metric] = level_of(result, cell, arm, metric);
  return levels;
}

/// Indexes of the arms that export, those that sample most first.
std::vector<int> exporting_arms(const Suite& suite, const TargetSpec& target) {
  std::vector<int> arms;
  for (std::size_t i = 0; i < suite.arms.size(); ++i) {
    const ArmSpec& arm = suite.arms[i];
    const bool exports = state_of(arm, target) == TracingState::exporting;
    if (arm.role == ArmRole::traced && exports) arms.push_back(static_cast<int>(i));
  }
  std::ranges::stable_sort(arms, [&](int left, int right) {
    return suite.arms[static_cast<std::size_t>(left)].rate >
           suite.arms[static_cast<std::size_t>(right)].rate;
  });
  return arms;
}

/// A mean of means, each weighing as many spans as it was taken over.
class SpanMean {
 public:
  void add(std::optional<double> mean, std::uint64_t spans) {
    if (!mean || spans == 0) return;
    sum_ += *mean * static_cast<double>(spans);
    spans_ += static_cast<double>(spans);
  }
  [[nodiscard]] std::optional<double> value() const {
    return spans_ > 0 ? std::optional(sum_ / spans_) : std::nullopt;
  }

 private:
  double sum_ = 0, spans_ = 0;
};

RowSpans span_facts(const RunResult& result, int cell, int arm) {
  SpanMean per_request, attributes, events, bytes;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != arm || !segment.valid()) continue;
    const Receipt& receipt = segment.receipt;
    const std::uint64_t requests =
        receipt.known ? receipt.traces_expected : receipt.traces_received;
    if (requests > 0) {
      per_request.add(static_cast<double>(receipt.received) / static_cast<double>(requests),
                      requests);
    }
    attributes.add(receipt.attributes_per_span, receipt.received);
    events.add(receipt.events_per_span, receipt.received);
    bytes.add(receipt.bytes_per_span, receipt.received);
  }
  return {.per_request = per_request.value(),
          .attributes = attributes.value(),
          .events = events.value(),
          .bytes = bytes.value(),
          .propagation_bytes = {}};
}

std::optional<double> switches(const RunResult& result, int cell, int arm) {
  std::vector<double> values;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != arm || !segment.valid()) continue;
    if (segment.spec.kind != SegmentKind::open || !segment.usage || segment.requests == 0) continue;
    values.push_back(static_cast<double>(segment.usage->voluntary_switches) /
                     static_cast<double>(segment.requests));
  }
  return median(std::move(values));
}

/// Void segments too: a receipt that does not close is what this is to show. Spans of the warm-up
/// are in the receipt, so they are taken per sampled request, and that times the share sampled.
void add_spans_per_request(const RunResult& result, int cell, ArmRow& row) {
  double expected = 0, received = 0, sent = 0;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != row.arm) continue;
    const Receipt& receipt = segment.receipt;
    if (!receipt.known || receipt.sink_failure || receipt.traces_expected == 0) continue;
    const auto requests = static_cast<double>(segment.sent);
    // A topology's request may have several traces.
    const auto of_requests = receipt.trees && receipt.trees->sampled > 0 ? receipt.trees->sampled
                                                                         : receipt.traces_expected;
    const double sampled = requests * segment.sampled_share / static_cast<double>(of_requests);
    expected += sampled * static_cast<double>(receipt.expected);
    received += sampled * static_cast<double>(receipt.received);
    sent += requests;
  }
  if (sent <= 0) return;
  row.spans_expected = expected / sent;
  row.spans_received = received / sent;
}

std::string row_name(const RunResult& result, int cell) {
  const int target = result.plan.cells.at(static_cast<std::size_t>(cell)).target;
  const TargetSpec& spec = result.suite.targets.at(static_cast<std::size_t>(target));
  const auto cells = std::ranges::count(result.plan.cells, target, &Cell::target);
  const std::string place = cells > 1 ? cell_name(result, cell).substr(spec.name.size()) : "";
  return (spec.pair.empty() ? spec.name : spec.pair) + place;
}

/// None is sent where the target decides what is sampled.
std::optional<int> propagation_bytes(const ScenarioFacts& facts, Sampling sampling) {
  if (!facts.context_bytes || sampling == Sampling::caller) return facts.context_bytes;
  return 0;
}

FrameworkRow row_of(const RunResult& result, const Analysis& analysis, DescribeScenario describe,
                    int cell) {
  const Suite& suite = result.suite;
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TargetSpec& target = suite.targets.at(static_cast<std::size_t>(where.target));
  const ScenarioSpec& scenario = suite.scenarios.at(static_cast<std::size_t>(where.scenario));
  FrameworkRow row;
  row.cell = cell;
  row.name = row_name(result, cell);
  row.protocol = scenario.kind;
  const ScenarioFacts facts = describe == nullptr ? ScenarioFacts{} : describe(scenario);
  row.is_http = facts.is_http;
  row.base = name_of(state_of(suite.arms.front(), target));
  row.emulated = target.kind == TargetKind::emulated;
  row.kind = name_of(target.kind);
  row.held = held_against(result, cell, kept_fidelity());
  row.sampling = sampling_of(suite, target);
  const auto index = static_cast<std::size_t>(cell);
  row.rate = index < result.cell_rates.size() ? result.cell_rates[index] : 0;
  row.off = levels_of(result, cell, 0);
  for (const int arm : exporting_arms(suite, target)) {
    ArmRow& traced = row.traced.emplace_back();
    traced.arm = arm;
    traced.levels = levels_of(result, cell, arm);
    add_spans_per_request(result, cell, traced);
    for (const Metric metric : all_metrics()) {
      traced.changes[metric] =
          change_of(analysis, cell, metric, suite.arms[static_cast<std::size_t>(arm)].name,
                    suite.arms.front().name);
    }
  }
  const auto model = std::ranges::find(analysis.cost_models, cell, &CostModel::cell);
  if (model != analysis.cost_models.end()) row.cost = &*model;
  if (!row.traced.empty()) row.spans = span_facts(result, cell, row.traced.front().arm);
  row.spans.propagation_bytes = propagation_bytes(facts, row.sampling);
  row.switches_off = switches(result, cell, 0);
  if (!row.traced.empty()) row.switches_traced = switches(result, cell, row.traced.front().arm);
  return row;
}

}  // namespace

FrameworkRows framework_rows(const RunResult& result, const Analysis& analysis,
                             DescribeScenario describe) {
  FrameworkRows rows;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    rows.push_back(row_of(result, analysis, describe, cell));
  }
  return rows;
}

std::vector<FrameworkRows> by_kind(const FrameworkRows& rows) {
  std::vector<FrameworkRows> groups;
  for (const bool emulated : {false, true}) {
    FrameworkRows group = rows;
    std::erase_if(group, [&](const FrameworkRow& row) { return row.emulated != emulated; });
    if (!group.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

FrameworkRows by_transport(const FrameworkRows& rows, bool http) {
  FrameworkRows some = rows;
  std::erase_if(some, [http](const FrameworkRow& row) { return row.is_http != http; });
  return some;
}

const ArmRow* traced_in(const FrameworkRow& row, int arm) {
  const auto found = std::ranges::find(row.traced, arm, &ArmRow::arm);
  return found == row.traced.end() ? nullptr : &*found;
}

const ArmRow* most_sampled(const FrameworkRow& row) {
  return row.traced.empty() ? nullptr : &row.traced.front();
}

std::vector<int> traced_arms(const FrameworkRows& rows) {
  std::vector<int> arms;
  for (const FrameworkRow& row : rows) {
    for (const ArmRow& traced : row.traced) {
      if (std::ranges::find(arms, traced.arm) == arms.end()) arms.push_back(traced.arm);
    }
  }
  return arms;
}

const Comparison* change_in(const ArmRow* traced, Metric metric) {
  return traced == nullptr ? nullptr : traced->changes.at(metric);
}

const Comparison* overhead(const FrameworkRow& row) {
  return change_in(most_sampled(row), Metric::cpu_per_request);
}

std::optional<double> percent(const Comparison* change) {
  return change == nullptr ? std::nullopt : change->estimate_pct;
}

FrameworkOrder by_level(Metric metric, bool most_first) {
  return {[metric](const FrameworkRow& row) { return row.off.at(metric).value; },
          [metric](const FrameworkRow& row) { return row.off.at(metric).logarithms; }, most_first};
}

FrameworkOrder by_change(Metric metric, std::optional<int> arm, bool most_first) {
  const auto change = [metric, arm](const FrameworkRow& row) {
    return change_in(arm ? traced_in(row, *arm) : most_sampled(row), metric);
  };
  const auto by_block = [change](const FrameworkRow& row) {
    BlockValues values;
    const Comparison* found = change(row);
    for (std::size_t i = 0; found != nullptr && i < found->log_ratios.size(); ++i)
      values.emplace(found->paired_blocks.at(i), found->log_ratios[i]);
    return values;
  };
  return {[change](const FrameworkRow& row) { return percent(change(row)); }, by_block, most_first};
}

FrameworkOrder by_b() {
  return {
      [](const FrameworkRow& row) { return row.cost == nullptr ? std::nullopt : row.cost->b_us; },
      [](const FrameworkRow& row) {
        return row.cost == nullptr ? BlockValues{} : row.cost->b_by_block;
      }};
}

std::vector<RankedRow> ranked(FrameworkRows rows, const FrameworkOrder& order) {
  std::ranges::stable_sort(rows, [&](const FrameworkRow& left, const FrameworkRow& right) {
    const std::optional<double> one = order.value(left), other = order.value(right);
    if (!one || !other) return one.has_value() && !other.has_value();
    return order.most_first ? *one > *other : *one < *other;
  });
  std::vector<BlockValues> values;
  for (const FrameworkRow& row : rows) values.push_back(order.by_block(row));
  const auto ranks = rank_ranges(values, order.most_first);
  std::vector<RankedRow> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back({std::move(rows[i]), ranks[i]});
  return found;
}

bool has_several_targets(const RunResult& result) {
  std::set<int> targets;
  for (const Cell& cell : result.plan.cells) targets.insert(cell.target);
  return targets.size() > 1 && !result.suite.load.closed;
}

bool ranks_targets(const RunResult& result, const Analysis& analysis) {
  return !analysis.judgement && has_several_targets(result) &&
         result.suite.load.levels.size() == 1 && result.suite.reference.empty();
}

}  // namespace tracetax
