// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment_receipt.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "harness/core/text/units.h"

namespace tracetax {
namespace {

/// Of the tail sampler among the services, as its collector names it; older ones label what was
/// decided "sampled", newer ones "decision". Of several nobody knows which one was the last.
std::optional<KeptTraces> kept_by_tail(const std::map<std::string, ServiceMetrics>& services) {
  constexpr std::string_view kCount = "otelcol_processor_tail_sampling_global_count_traces_sampled";
  std::optional<KeptTraces> kept;
  int samplers = 0;
  for (const auto& [service, metrics] : services) {
    double traces = 0;
    bool found = false;
    for (const auto& [name, value] : metrics) {
      if (!name.starts_with(kCount)) continue;
      found = true;
      const bool sampled = name.find("sampled=\"true\"") != std::string::npos ||
                           name.find("decision=\"sampled\"") != std::string::npos;
      if (sampled) traces += value;
    }
    if (!found) continue;
    ++samplers;
    kept = KeptTraces{service, static_cast<std::uint64_t>(std::llround(traces)), 0};
  }
  return samplers == 1 ? kept : std::nullopt;
}

}  // namespace

ExpectedPhase expected_phase(const LoadPhase& phase, const LoadResult& result, bool exports) {
  ExpectedPhase expected;
  // The same seed with rate 0 gives the same ids without the flag.
  expected.ids = exports ? phase.ids : RequestIds{phase.ids.seed(), SampleRate{}};
  expected.requests = result.due;
  expected.not_sent = result.not_sent;
  expected.uncertain = result.uncertain;
  return expected;
}

Receipt receipt_from_self_counts(const Receipt& counted, const std::optional<SelfCounts>& self) {
  Receipt receipt = counted;
  if (receipt.sink_failure) return receipt;
  receipt.known = self.has_value();
  if (!self) return receipt;
  receipt.expected = self->ended;
  receipt.traces_expected = receipt.traces_received;
  receipt.missing_traces = 0;
  receipt.unexpected_traces = 0;
  receipt.wrong_shape_traces = 0;
  return receipt;
}

Receipt receipt_of_receiver(const std::optional<SelfCounts>& self,
                            const std::vector<ExpectedPhase>& phases, std::uint64_t more_uncertain,
                            int carried) {
  std::uint64_t sent = 0, uncertain = more_uncertain;
  for (const ExpectedPhase& phase : phases) {
    sent += phase.requests - phase.not_sent.size();
    uncertain += phase.uncertain.size();
  }
  const auto spans = static_cast<std::uint64_t>(carried);
  Receipt receipt;
  receipt.known = self.has_value();
  receipt.expected = (sent - std::min(sent, uncertain)) * spans;
  if (!self) return receipt;
  receipt.uncertain_spans = std::min(self->exported - std::min(self->exported, receipt.expected),
                                     std::min(sent, uncertain) * spans);
  receipt.received = self->exported - receipt.uncertain_spans;
  return receipt;
}

std::optional<double> sampled_share(const Receipt& receipt, const ExpectedSpans& phases) {
  std::uint64_t sent = 0;
  for (const ExpectedPhase& phase : phases.phases) sent += phase.requests - phase.not_sent.size();
  if (receipt.sink_failure || sent == 0 || phases.spans_per_request <= 0 || !phases.trees.empty())
    return std::nullopt;
  const auto spans = static_cast<double>(receipt.known ? receipt.expected : receipt.received);
  return std::min(1.0, spans / phases.spans_per_request / static_cast<double>(sent));
}

double share_that_came(const Receipt& receipt) {
  std::uint64_t sent = 0, came = 0;
  if (!receipt.keeps) return 0;
  for (const ClassAccount& of : receipt.keeps->classes) {
    sent += of.sent;
    came += of.whole + of.part;
  }
  return sent == 0 ? 0 : static_cast<double>(came) / static_cast<double>(sent);
}

std::optional<KeptTraces> kept_by(const SegmentRecord& segment, bool passed_on) {
  const Receipt& receipt = segment.receipt;
  if (!receipt.keeps || receipt.sink_failure) return std::nullopt;
  const std::uint64_t came = receipt.traces_received + receipt.keeps->uncertain;
  if (passed_on) {
    auto tail = kept_by_tail(segment.service_metrics);
    if (tail) tail->came = came;
    return tail;
  }
  if (!segment.self_counts) return std::nullopt;
  const std::uint64_t kept = segment.self_counts->sampled;
  const std::uint64_t spans = receipt.received + receipt.uncertain_spans;
  if (kept < spans) return std::nullopt;  // others made some of them, and count for themselves
  const std::uint64_t each = came == 0 ? 1 : std::max<std::uint64_t>(1, spans / came);
  const std::uint64_t lacking = (kept - spans + each - 1) / each;
  return KeptTraces{.who = "the target's sampler", .traces = came + lacking, .came = came};
}

std::optional<std::string> slow_exports(const Receipt& receipt, Nanos batch_delay) {
  constexpr Nanos kAllowed = std::chrono::milliseconds{200};
  if (!receipt.export_delay_p99_ms) return std::nullopt;
  // One text for all segments, so that a report says it once.
  const Nanos limit = batch_delay + kAllowed;
  if (*receipt.export_delay_p99_ms * 1e6 <= static_cast<double>(limit.count())) return std::nullopt;
  return fmt::format(
      "exports were slow: more than one span in a hundred came later than {} after its end, where "
      "a "
      "batch waits {} at most; lower the rate, or leave the driver's CPU to driver and sink",
      format_duration(limit), format_duration(batch_delay));
}

}  // namespace tracetax
