// Matches what the sink received with what the plan says, trace by trace. Sorting the spans once
// gives traces and duplicates as neighbours, so no set of spans is needed beside the table of the
// plan.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/receipt.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "harness/core/receipt/keep_check.h"
#include "harness/core/receipt/planned_traces.h"
#include "harness/core/receipt/quality_count.h"
#include "harness/core/receipt/refusals.h"
#include "harness/core/receipt/tree_check.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

/// The first copies of all spans, one trace after another.
struct DistinctSpans {
  std::vector<const SpanSeen*> spans;
  std::uint64_t duplicates = 0;
};

[[nodiscard]] DistinctSpans distinct_spans(std::span<const SpanSeen> spans) {
  std::vector<const SpanSeen*> order;
  order.reserve(spans.size());
  for (const SpanSeen& span : spans) order.push_back(&span);
  std::sort(order.begin(), order.end(), [](const SpanSeen* left, const SpanSeen* right) {
    if (left->trace_id != right->trace_id) return left->trace_id < right->trace_id;
    if (left->span_id != right->span_id) return left->span_id < right->span_id;
    return left->arrived_unix_ns < right->arrived_unix_ns;
  });
  const auto end =
      std::unique(order.begin(), order.end(), [](const SpanSeen* left, const SpanSeen* right) {
        return left->trace_id == right->trace_id && left->span_id == right->span_id;
      });
  const auto duplicates = static_cast<std::uint64_t>(std::distance(end, order.end()));
  order.erase(end, order.end());
  return {std::move(order), duplicates};
}

using SpansOfTrace = std::span<const SpanSeen* const>;

/// Calls visit(trace) for the distinct spans of each trace, ordered by span id.
template <typename Visitor>
void for_each_trace(const std::vector<const SpanSeen*>& spans, Visitor&& visit) {
  for (std::size_t first = 0; first < spans.size();) {
    std::size_t last = first + 1;
    while (last < spans.size() && spans[last]->trace_id == spans[first]->trace_id) ++last;
    visit(SpansOfTrace{spans}.subspan(first, last - first));
    first = last;
  }
}

/// `driver_span`: a parent outside of the trace that is no loss.
[[nodiscard]] std::uint64_t count_orphans(SpansOfTrace trace, const SpanId& driver_span) {
  std::uint64_t orphans = 0;
  for (const SpanSeen* span : trace) {
    const SpanId& parent = span->parent_span_id;
    if (!parent.valid() || parent == driver_span) continue;
    const auto found = std::lower_bound(
        trace.begin(), trace.end(), parent,
        [](const SpanSeen* candidate, const SpanId& id) { return candidate->span_id < id; });
    if (found == trace.end() || (*found)->span_id != parent) ++orphans;
  }
  return orphans;
}

void add_export_delays(const std::vector<const SpanSeen*>& spans, Receipt& receipt) {
  std::vector<double> delays_ms;
  delays_ms.reserve(spans.size());
  for (const SpanSeen* span : spans) {
    if (span->end_unix_ns == 0 || span->arrived_unix_ns == 0) continue;
    // Two clocks may disagree, so a delay may be negative; the difference is wrapped into a sign.
    const auto delay_ns = static_cast<std::int64_t>(span->arrived_unix_ns - span->end_unix_ns);
    delays_ms.push_back(static_cast<double>(delay_ns) / 1e6);
  }
  if (delays_ms.empty()) return;
  // Nearest rank: the smallest delay that at least this part of the spans do not exceed.
  const auto percentile = [&delays_ms](std::size_t percent) {
    const std::size_t rank = (delays_ms.size() * percent + 99) / 100;
    const auto at = delays_ms.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(delays_ms.begin(), at, delays_ms.end());
    return *at;
  };
  receipt.export_delay_p50_ms = percentile(50);
  receipt.export_delay_p99_ms = percentile(99);
  receipt.export_delay_max_ms = percentile(100);
}

/// What the spans hold, on average.
void add_shape(const std::vector<const SpanSeen*>& spans, Receipt& receipt) {
  std::uint64_t attributes = 0, events = 0, bytes = 0, sized = 0;
  for (const SpanSeen* span : spans) {
    attributes += span->attributes;
    events += span->events;
    bytes += span->bytes;
    sized += span->bytes > 0 ? 1 : 0;
  }
  const auto mean = [](std::uint64_t sum, std::size_t count) -> std::optional<double> {
    if (count == 0) return std::nullopt;
    return static_cast<double>(sum) / static_cast<double>(count);
  };
  receipt.attributes_per_span = mean(attributes, spans.size());
  receipt.events_per_span = mean(events, spans.size());
  receipt.bytes_per_span = mean(bytes, sized);
}

/// Gathers the evidence for broken propagation, service by service.
class PropagationWatch {
 public:
  explicit PropagationWatch(const ServiceNames& names) : names_(names), services_(names.size()) {}

  /// A trace of the plan that came, whole or not.
  void saw_expected(SpansOfTrace trace, bool whole) {
    whole_ += whole ? 1 : 0;
    if (whole) return;
    ++trace_number_;
    for (const SpanSeen* span : trace) {
      Service& service = of(*span);
      service.in_broken += service.last_seen != trace_number_ ? 1 : 0;
      service.last_seen = trace_number_;
    }
  }

  /// A trace that is nobody's request.
  void saw_foreign(SpansOfTrace trace) {
    const auto root = std::find_if(trace.begin(), trace.end(), [](const SpanSeen* span) {
      return !span->parent_span_id.valid();
    });
    if (root != trace.end()) ++of(**root).begun;
  }

  [[nodiscard]] std::vector<BrokenPropagation> blamed(std::uint64_t traces_expected) const {
    std::vector<BrokenPropagation> found;
    for (std::size_t i = 0; i < services_.size(); ++i) {
      const Service& service = services_[i];
      const std::uint64_t lacking = traces_expected - whole_ - service.in_broken;
      const bool most_lack_it = 2 * lacking > traces_expected;
      const bool begun_for_them = service.begun * kLackingPerBegun >= lacking;
      if (service.begun == 0 || !most_lack_it || !begun_for_them) continue;
      found.push_back({std::string(names_.name(static_cast<std::uint32_t>(i))), service.begun});
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
      return left.traces > right.traces;
    });
    return found;
  }

 private:
  /// A target that samples its own roots at 1 % still shows; a job that runs now and then does not.
  static constexpr std::uint64_t kLackingPerBegun = 100;
  struct Service {
    std::uint64_t begun = 0;      // traces of its own
    std::uint64_t in_broken = 0;  // incomplete expected traces that hold a span of it
    std::uint64_t last_seen = 0;  // the number of the last of these
  };
  Service& of(const SpanSeen& span) {
    return services_[span.service < services_.size() ? span.service : 0];
  }

  const ServiceNames& names_;
  std::vector<Service> services_;
  std::uint64_t whole_ = 0;
  std::uint64_t trace_number_ = 0;
};

/// "broken propagation: service 'back' began 7 traces of its own, ..."; empty if there is none.
[[nodiscard]] std::string broken_propagation_text(const std::vector<BrokenPropagation>& broken) {
  std::vector<std::string> parts;
  for (const BrokenPropagation& item : broken) {
    const std::string who =
        item.service.empty() ? "a service without a name" : "service " + quote(item.service);
    parts.push_back(fmt::format("{} began {} traces of its own", who, item.traces));
  }
  if (parts.empty()) return "";
  return fmt::format("broken propagation: {} instead of going on with its caller's",
                     fmt::join(parts, ", "));
}

/// What can be told without a plan.
[[nodiscard]] Receipt account_of(const DistinctSpans& distinct,
                                 std::span<const std::uint32_t> payload_spans,
                                 std::uint64_t bytes) {
  Receipt receipt;
  receipt.duplicates = distinct.duplicates;
  receipt.payloads = payload_spans.size();
  receipt.bytes = bytes;
  if (!payload_spans.empty()) {
    std::uint64_t total = 0;
    for (const std::uint32_t spans : payload_spans) total += spans;
    receipt.batch_mean = static_cast<double>(total) / static_cast<double>(payload_spans.size());
    receipt.batch_max = *std::max_element(payload_spans.begin(), payload_spans.end());
  }
  add_shape(distinct.spans, receipt);
  add_export_delays(distinct.spans, receipt);
  return receipt;
}

[[nodiscard]] bool may_be_dropped(const std::optional<KeepRule>& keeps, RequestClass of) {
  return keeps && keeps->share[static_cast<std::size_t>(of)] != 1.0;
}

[[nodiscard]] bool has_classes(const ExpectedSpans& expected) {
  return std::ranges::any_of(expected.phases,
                             [](const ExpectedPhase& phase) { return !phase.classes.empty(); });
}

/// Requests whose flag says no: sent all the same, and rightly nothing came of them. A rule has
/// none.
void add_unsampled(const ExpectedSpans& expected,
                   std::array<ClassAccount, kRequestClasses>& classes) {
  if (expected.traces_per_request > 1) return;
  for (const ExpectedPhase& phase : expected.phases) {
    SentRequests(phase).for_each([&](std::uint64_t k, bool uncertain) {
      if (!uncertain && !phase.ids.at(k).sampled())
        ++classes[static_cast<std::size_t>(phase.class_of(k))].sent;
    });
  }
}

/// What became of each class, and what of the rule was broken.
[[nodiscard]] KeepAccount keep_account(const ExpectedSpans& expected, const PlannedTraces& planned,
                                       const std::vector<const SpanSeen*>& spans) {
  std::array<ClassAccount, kRequestClasses> classes;
  for (std::size_t i = 0; i < kRequestClasses; ++i) classes[i].of = static_cast<RequestClass>(i);
  for (const auto& [id, trace] : planned)
    classes[static_cast<std::size_t>(trace.of)].sent += trace.uncertain ? 0 : 1;
  add_unsampled(expected, classes);
  KeepAccount account;
  std::vector<KeptInPhase> phases(expected.phases.size());
  for_each_trace(spans, [&](SpansOfTrace trace) {
    const auto plan = planned.find(trace.front()->trace_id);
    if (plan == planned.end()) return;
    if (plan->second.uncertain) {
      ++account.uncertain;
      return;
    }
    ClassAccount& of = classes[static_cast<std::size_t>(plan->second.of)];
    ++(trace.size() == plan->second.spans ? of.whole : of.part);
    of.spans += trace.size();
    const auto [first, last] = std::minmax_element(
        trace.begin(), trace.end(), [](const SpanSeen* left, const SpanSeen* right) {
          return left->start_unix_ns < right->start_unix_ns;
        });
    phases[plan->second.phase].saw((*first)->start_unix_ns, (*last)->start_unix_ns);
  });
  std::copy_if(classes.begin(), classes.end(), std::back_inserter(account.classes),
               [](const ClassAccount& of) { return of.sent > 0; });
  if (expected.keeps) account.broken = breaches_of(*expected.keeps, account.classes, phases);
  return account;
}

[[nodiscard]] std::vector<TreeSize> sizes_of(const ExpectedSpans& expected) {
  std::vector<TreeSize> sizes;
  for (const auto& request : expected.trees) sizes.push_back(size_of(request.tree));
  return sizes;
}

/// What must come of the requests, batches aside.
void add_due(const ExpectedSpans& expected, const PlannedTraces& planned, Receipt& receipt) {
  if (expected.counted) return;
  const std::vector<TreeSize> sizes = sizes_of(expected);
  for (const auto& [id, trace] : planned) {
    if (trace.uncertain || (!trace.came && may_be_dropped(expected.keeps, trace.of))) continue;
    receipt.traces_expected += sizes.empty() ? 1 : sizes[trace.tree].traces;
    receipt.expected += sizes.empty() ? trace.spans : sizes[trace.tree].spans;
  }
}

/// Of the traces that had to come; `planned` nullptr: of all.
[[nodiscard]] TraceQuality quality_of(const std::vector<const SpanSeen*>& spans,
                                      const PlannedTraces* planned) {
  QualityCount count(spans);
  for_each_trace(spans, [&](SpansOfTrace trace) {
    if (planned == nullptr) return count.add(trace, nullptr);
    const auto plan = planned->find(trace.front()->trace_id);
    if (plan == planned->end() || plan->second.uncertain) return;
    const PlannedTree tree{plan->second.driver_span, plan->second.spans, plan->second.late};
    count.add(trace, &tree);
  });
  return count.total();
}

}  // namespace

Receipt make_receipt(const ExpectedSpans& expected, std::span<const SpanSeen> spans,
                     std::span<const std::uint32_t> payload_spans, std::uint64_t bytes,
                     const ServiceNames& services, const TreeFacts& facts) {
  const DistinctSpans distinct = distinct_spans(spans);
  Receipt receipt = account_of(distinct, payload_spans, bytes);
  PropagationWatch propagation(services);
  PlannedTraces planned;
  for_each_planned(expected, [&](const TraceId& id, const PlannedTrace& trace) {
    planned.try_emplace(id, trace);
  });
  std::optional<TreeCheck> trees;
  if (!expected.trees.empty() || expected.counted)
    trees.emplace(expected, planned, spans, distinct.spans, services, facts);

  std::uint64_t expected_traces_seen = 0;
  const auto saw_expected = [&](SpansOfTrace trace, std::uint64_t spans_due, const SpanId& caller) {
    ++expected_traces_seen;
    const bool whole = trace.size() == spans_due;
    if (!whole) ++receipt.wrong_shape_traces;
    propagation.saw_expected(trace, whole);
    receipt.orphans += count_orphans(trace, caller);
  };
  std::vector<SpansOfTrace> others;
  for_each_trace(distinct.spans, [&](SpansOfTrace trace) {
    const auto plan = planned.find(trace.front()->trace_id);
    if (plan == planned.end() || expected.counted) return others.push_back(trace);
    plan->second.came = true;
    if (plan->second.uncertain) {
      receipt.uncertain_spans += trace.size();
      return;
    }
    receipt.received += trace.size();
    ++receipt.traces_received;
    if (trees) trees->add(trace, plan->second);
    saw_expected(trace, plan->second.spans, plan->second.driver_span);
  });
  add_due(expected, planned, receipt);
  if (expected.counted) planned.clear();
  const auto verdicts =
      trees ? trees->judge(others) : std::vector<TreeCheck::Linked>(others.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    using Kind = TreeCheck::Linked::Kind;
    const SpansOfTrace trace = others[i];
    TreeCheck::Linked verdict = verdicts[i];
    if (verdict.kind == Kind::uncertain) {
      receipt.uncertain_spans += trace.size();
      continue;
    }
    receipt.received += trace.size();
    ++receipt.traces_received;
    if (expected.counted && trees->count(trace) > 0) verdict = {Kind::batch, trace.size()};
    if (verdict.kind == Kind::foreign) {
      ++receipt.unexpected_traces;
      propagation.saw_foreign(trace);
      continue;
    }
    if (verdict.kind == Kind::batch) {
      ++receipt.traces_expected;
      receipt.expected += verdict.spans;
    }
    saw_expected(trace, verdict.spans, SpanId{});
    PlannedTrace& linked = planned[trace.front()->trace_id];
    linked.spans = verdict.spans;
    linked.came = true;
  }
  receipt.missing_traces = receipt.traces_expected - expected_traces_seen;
  receipt.broken_propagation = propagation.blamed(receipt.traces_expected);
  if (expected.keeps || (has_classes(expected) && !planned.empty()))
    receipt.keeps = keep_account(expected, planned, distinct.spans);
  if (trees) receipt.trees = trees->account();
  TraceQuality quality = quality_of(distinct.spans, &planned);
  quality.traces_sampled = receipt.traces_expected;
  quality.spans_sampled = receipt.expected;
  if (quality.traces + quality.traces_sampled > 0) receipt.quality = std::move(quality);
  return receipt;
}

Receipt count_receipt(std::span<const SpanSeen> spans, std::span<const std::uint32_t> payload_spans,
                      std::uint64_t bytes) {
  const DistinctSpans distinct = distinct_spans(spans);
  Receipt receipt = account_of(distinct, payload_spans, bytes);
  receipt.known = false;
  for_each_trace(distinct.spans, [&](SpansOfTrace trace) {
    receipt.received += trace.size();
    ++receipt.traces_received;
    receipt.orphans += count_orphans(trace, SpanId{});
  });
  if (!distinct.spans.empty()) receipt.quality = quality_of(distinct.spans, nullptr);
  return receipt;
}

std::uint64_t spans_due(const ExpectedSpans& expected) {
  if (expected.counted) return 0;
  const std::vector<TreeSize> sizes = sizes_of(expected);
  std::uint64_t spans = 0;
  for_each_planned(expected, [&](const TraceId&, const PlannedTrace& trace) {
    if (!trace.uncertain) spans += sizes.empty() ? trace.spans : sizes[trace.tree].spans;
  });
  return spans;
}

bool Receipt::closes() const { return reason().empty(); }

bool Receipt::only_loses() const {
  return !sink_failure && malformed_payloads == 0 && (!keeps || keeps->broken.empty()) &&
         (!trees || trees->only_loses()) &&
         (!known || (unexpected_traces == 0 && broken_propagation.empty() && received <= expected));
}

std::string Receipt::reason() const {
  if (sink_failure) return fmt::format("the sink failed: {}", *sink_failure);
  std::vector<std::string> faults;
  if (known) {
    std::uint64_t explained = 0;
    for (const BrokenPropagation& item : broken_propagation) explained += item.traces;
    if (explained > 0) faults.push_back(broken_propagation_text(broken_propagation));
    // Of a class of which each has to come: told with its class.
    if (missing_traces > 0 && (!keeps || keeps->broken.empty())) {
      faults.push_back(
          fmt::format("{} of {} expected traces did not arrive", missing_traces, traces_expected));
    }
    if (unexpected_traces > explained) {
      faults.push_back(fmt::format("{}{} traces arrived that the plan does not sample",
                                   explained > 0 ? "another " : "", unexpected_traces - explained));
    }
    if (wrong_shape_traces > 0) {
      faults.push_back(fmt::format("{} of {} expected traces have a wrong number of spans",
                                   wrong_shape_traces, traces_expected));
    }
    if (orphans > 0) faults.push_back(fmt::format("{} spans are orphans", orphans));
    if (received != expected) {
      faults.push_back(fmt::format("{} spans received, {} expected", received, expected));
    }
  }
  const auto add = [&faults](const std::vector<std::string>& more) {
    faults.insert(faults.end(), more.begin(), more.end());
  };
  if (keeps) add(keeps->broken);
  if (trees) add(trees->faults());
  if (malformed_payloads > 0)
    faults.push_back(fmt::format("{} payloads were malformed", malformed_payloads));
  if (refused_payloads > 0) {
    faults.push_back(fmt::format("{} payloads were refused because the sink's memory was full",
                                 refused_payloads));
  }
  // What was no payload of traces is told where something is missing anyway.
  if (refusals_void(refusals) || (!faults.empty() && !refusals.empty())) {
    const std::string remedies = refusal_remedies(refusals);
    faults.push_back(fmt::format("the sink refused {}{}", refusals_text(refusals),
                                 remedies.empty() ? "" : " (see: " + remedies + ")"));
  }
  return fmt::format("{}", fmt::join(faults, "; "));
}

std::optional<double> lost_share(const Receipt& receipt) {
  if (!receipt.known || receipt.sink_failure) return std::nullopt;
  if (receipt.expected == 0) return 0;
  const std::uint64_t came = std::min(receipt.received, receipt.expected);
  return static_cast<double>(receipt.expected - came) / static_cast<double>(receipt.expected);
}

}  // namespace tracetax
