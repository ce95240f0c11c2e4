// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_metrics.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace tracetax {
namespace {

constexpr std::string_view kTail = "otelcol_processor_tail_sampling_";

struct Sample {
  std::string labels;
  std::uint64_t value = 0;
};

void append(std::string_view type, std::string_view name, const std::vector<Sample>& samples,
            std::string& out) {
  out += fmt::format("# TYPE {} {}\n", name, type);
  for (const auto& [labels, value] : samples)
    out += labels.empty() ? fmt::format("{} {}\n", name, value)
                          : fmt::format("{}{{{}}} {}\n", name, labels, value);
}

void append_counter(const std::string& name, const std::vector<Sample>& samples, std::string& out) {
  append("counter", name, samples, out);
}

/// Only their sum and number are known, so there is one bucket.
void append_ages(const std::string& name, const TailCounts::Ages& ages, std::string& out) {
  out += fmt::format(
      "# TYPE {0} histogram\n{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name,
      ages.count, ages.seconds);
}

std::vector<Sample> decided(const std::string& policy, const TailCounts::Decisions& decisions) {
  return {
      {fmt::format(R"(decision="sampled",{}sampled="true")", policy), decisions.sampled},
      {fmt::format(R"(decision="not_sampled",{}sampled="false")", policy), decisions.not_sampled}};
}

}  // namespace

std::string tail_metrics_text(const TailNumbers& numbers) {
  const TailCounts& counts = numbers.counts;
  const auto tail = [](std::string_view name) { return fmt::format("{}{}", kTail, name); };
  const std::string in = R"(receiver="otlp")", to = R"(exporter="otlp_http")";
  std::string out;
  append_counter("otelcol_receiver_accepted_spans", {{in, counts.spans_in}}, out);
  std::vector<Sample> by_policy;
  for (std::size_t i = 0; i < counts.by_policy.size(); ++i) {
    const auto name = fmt::format(R"(policy="{}",)", numbers.policies[i].name());
    for (Sample& sample : decided(name, counts.by_policy[i]))
      by_policy.push_back(std::move(sample));
  }
  append_counter(tail("count_traces_sampled"), by_policy, out);
  append_counter(tail("global_count_traces_sampled"), decided("", counts.traces), out);
  append_counter(tail("new_trace_id_received"), {{"", counts.new_traces}}, out);
  append_counter(tail("sampling_trace_dropped_too_early"), {{"", counts.dropped_too_early}}, out);
  append_counter(tail("early_releases_from_cache_decision"),
                 {{R"(sampled="true")", counts.cached_spans.sampled},
                  {R"(sampled="false")", counts.cached_spans.not_sampled}},
                 out);
  append_ages(tail("sampling_late_span_age"), counts.late_spans, out);
  append_ages(tail("sampling_trace_removal_age"), counts.removed_traces, out);
  append("gauge", tail("sampling_traces_on_memory"), {{"", numbers.traces_in_memory}}, out);
  append_counter("otelcol_exporter_sent_spans", {{to, numbers.sent_spans}}, out);
  append_counter("otelcol_exporter_send_failed_spans", {{to, numbers.failed_spans}}, out);
  return out;
}

std::string tail_numbers_json(const TailNumbers& numbers) {
  const TailCounts& counts = numbers.counts;
  return fmt::format(
      R"({{"tracetax_tail":{{"spans_in":{},"spans_out":{},"new_traces":{},"sampled":{},)"
      R"("not_sampled":{},"dropped_too_early":{},"sent_spans":{},"failed_spans":{}}}}})"
      "\n",
      counts.spans_in, counts.spans_out, counts.new_traces, counts.traces.sampled,
      counts.traces.not_sampled, counts.dropped_too_early, numbers.sent_spans,
      numbers.failed_spans);
}

}  // namespace tracetax
