// SPDX-License-Identifier: Apache-2.0
#include "harness/core/validity.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "harness/core/receipt/refusals.h"
#include "harness/core/text/units.h"
#include "harness/core/void_hint.h"

namespace tracetax {
namespace {

using MaybeVoid = std::optional<VoidReason>;

std::uint64_t error_count(const SegmentRecord& segment) {
  std::uint64_t count = 0;
  for (const auto& [kind, times] : segment.errors) count += times;
  return count;
}

/// "timeout 12, reset 3", the most frequent first.
std::string error_kinds(const SegmentRecord& segment) {
  std::vector<std::pair<std::uint64_t, std::string>> kinds;
  for (const auto& [kind, times] : segment.errors) kinds.emplace_back(times, kind);
  std::stable_sort(kinds.begin(), kinds.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  std::string text;
  for (const auto& [times, kind] : kinds) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kind, times);
  }
  return text;
}

/// What would have been achieved if the target had been as fast with the requests that failed at
/// once. Their errors are a rule of their own, and no reason to offer less.
double rate_without_errors(const SegmentRecord& segment) {
  std::uint64_t failed = 0;
  for (const auto& [kind, times] : segment.errors) failed += comes_of_overload(kind) ? 0 : times;
  const auto answered = static_cast<double>(segment.requests);
  return segment.achieved_rate * (answered + static_cast<double>(failed)) / answered;
}

/// Not even by so much that it would miss the rate.
bool keeps_up(const ValidityContext& context) {
  return context.falls_behind && *context.falls_behind * kMinAchievedShare <= 1 - kMinAchievedShare;
}

/// Over the planned length, if nothing piled up: then a single stall put off the last requests,
/// which were answered all the same, and their response times tell of it.
double rate_kept(const SegmentRecord& segment, const ValidityContext& context) {
  const double rate = rate_without_errors(segment);
  if (!keeps_up(context) || context.phase_s <= 0 || segment.achieved_rate <= 0) return rate;
  const double on_plan = static_cast<double>(segment.requests) / context.phase_s;
  return rate * std::max(1.0, on_plan / segment.achieved_rate);
}

MaybeVoid check_rate(const SegmentRecord& segment, const ValidityContext& context) {
  if (segment.requests == 0) {
    if (error_count(segment) > 0) return std::nullopt;  // which says why
    return VoidReason{
        VoidRule::rate_not_achieved,
        fmt::format("not one of {} requests was answered; look at the target's output",
                    segment.sent)};
  }
  if (segment.spec.kind == SegmentKind::capacity) return std::nullopt;
  // What a stall of the machine takes is told as that.
  if (held_up_share(segment) > kMaxHeldUpShare) return std::nullopt;
  if (rate_kept(segment, context) < kMinAchievedShare * segment.asked_rate) {
    return VoidReason{
        VoidRule::rate_not_achieved,
        fmt::format("achieved {} of the asked {} ({:.2f} %, at least 99 % is needed); {}",
                    format_rate(segment.achieved_rate), format_rate(segment.asked_rate),
                    100 * segment.achieved_rate / segment.asked_rate,
                    lower_rate(context.offered, segment.asked_rate, segment.achieved_rate))};
  }
  const double slowest_answer_s = static_cast<double>(segment.times.service().max()) / 1e9;
  const double served_for_s = segment.duration_s - slowest_answer_s;
  if (keeps_up(context)) return std::nullopt;
  if (context.phase_s > 0 && served_for_s * kMinAchievedShare > context.phase_s) {
    return VoidReason{
        VoidRule::rate_not_achieved,
        fmt::format("the target needed {} for the requests of {}: it does not keep up with {}; {}",
                    format_nanos(segment.duration_s * 1e9), format_nanos(context.phase_s * 1e9),
                    format_rate(segment.asked_rate),
                    lower_rate(context.offered, segment.asked_rate,
                               segment.asked_rate * context.phase_s / segment.duration_s))};
  }
  return std::nullopt;
}

MaybeVoid check_errors(const SegmentRecord& segment) {
  const std::uint64_t errors = error_count(segment);
  if (!too_many_errors(errors, segment.sent)) return std::nullopt;
  const std::uint64_t tries = attempts(segment.requests, errors, segment.sent);
  return VoidReason{VoidRule::too_many_errors,
                    fmt::format("{} errors in {} {} ({:.3g} %, at most 0.1 % is allowed): {}; {}",
                                errors, tries, tries > segment.sent ? "attempts" : "requests",
                                100 * static_cast<double>(errors) / static_cast<double>(tries),
                                error_kinds(segment), error_hint(segment.errors))};
}

/// As judge_lag() has set it, else by the segment itself.
double lag_limit_of(const SegmentRecord& segment) {
  return segment.lag_limit_ns > 0 ? segment.lag_limit_ns : lag_limit_ns(segment.times);
}

MaybeVoid check_stalls(const SegmentRecord& segment) {
  if (segment.spec.kind == SegmentKind::capacity) return std::nullopt;
  const double held_up = held_up_share(segment);
  if (held_up <= kMaxHeldUpShare) return std::nullopt;
  return VoidReason{
      VoidRule::machine_stalled,
      fmt::format("the machine itself stalled (hypervisor or interrupts) and held up {:.3g} % of "
                  "the requests, at most 5 % are allowed; measure on a quieter machine or at "
                  "another time",
                  100 * held_up)};
}

MaybeVoid check_lag(const SegmentRecord& segment) {
  const double limit = lag_limit_of(segment);
  if (!driver_was_late(segment.times, limit)) return std::nullopt;
  const auto lag = static_cast<double>(segment.times.lag.percentile(kLagPercentile));
  return VoidReason{
      VoidRule::driver_lag,
      fmt::format("the driver was late in sending: lag p95 {}, limit {} (the larger of 50 us and 5 "
                  "% of the service p50 of the block's first arm); lower the rate, or give the "
                  "driver its own CPU: --set pin.driver=0",
                  format_nanos(lag), format_nanos(limit))};
}

MaybeVoid check_driver(const SegmentRecord& segment, const ValidityContext& context) {
  if (segment.late > 0) {
    return VoidReason{
        VoidRule::driver_saturated,
        fmt::format("{} requests were never sent: as many as load.queue allows were waiting "
                    "already; {}",
                    segment.late,
                    lower_rate(context.offered, segment.asked_rate, segment.achieved_rate))};
  }
  if (segment.driver_busy <= kMaxDriverBusy) return std::nullopt;
  const bool closed = segment.spec.kind == SegmentKind::capacity;
  const bool target_is_the_limit = segment.target_busy && *segment.target_busy >= kTargetSaturated;
  if (closed && target_is_the_limit) return std::nullopt;
  std::string other;
  if (closed && segment.target_busy) {
    other = fmt::format(" and the target only {:.3g} % of its own (95 % would prove it the limit)",
                        100 * *segment.target_busy);
  }
  return VoidReason{
      VoidRule::driver_saturated,
      fmt::format(
          "the driver was busy {:.3g} % of its CPU time (at most 80 % is allowed){}, so the "
          "driver may be what was measured, and not the target; {}give it more CPU: "
          "--set load.threads=2, --set pin.driver=0",
          100 * segment.driver_busy, other,
          closed ? ""
                 : lower_rate(context.offered, segment.asked_rate,
                              segment.achieved_rate * kMaxDriverBusy / segment.driver_busy) +
                       ", or ")};
}

constexpr std::string_view kLossIsPlanted =
    "The sink fails on purpose in this arm: where its numbers are wanted all the same, with the "
    "loss "
    "beside them, give the arm \"loss\": \"expected\"";

/// Why spans are missing and what would be right, as far as it is known.
std::string cause_of_loss(const SegmentRecord& segment, const std::string& relay) {
  const Receipt& receipt = segment.receipt;
  if (receipt.refused_payloads > 0)
    return "Give the sink more memory (--set sink.memory=2GiB), or measure for less time at once";
  if (refusals_void(receipt.refusals))
    return "What the exporter sends and what the sink takes must agree";
  const std::string longest = receipt.export_delay_max_ms
                                  ? format_nanos(*receipt.export_delay_max_ms * 1e6)
                                  : "an unknown time";
  if (const auto& self = segment.self_counts; self && self->dropped > 0) {
    return fmt::format(
        "The target dropped {} spans: its queue was full while exports took up to {}; lower the "
        "rate, give driver and sink a CPU of their own (pin.driver), or make the queue longer "
        "(OTEL_BSP_MAX_QUEUE_SIZE)",
        self->dropped, longest);
  }
  if (!relay.empty()) {
    return fmt::format(
        "They pass through '{0}', which may drop some on purpose (a sampler, a filter, its memory "
        "limit) or hold them longer than the drain lasts; look at its configuration. If it drops "
        "nothing: does the target flush on SIGTERM to '{0}', which is stopped after it?",
        relay);
  }
  return fmt::format(
      "Does the target flush on SIGTERM, is its queue (OTEL_BSP_MAX_QUEUE_SIZE) long enough for "
      "exports that took up to {}, the drain (--set design.drain=20s)?",
      longest);
}

MaybeVoid check_receipt(const SegmentRecord& segment, const ValidityContext& context) {
  const Receipt& receipt = segment.receipt;
  if (context.loss_expected && receipt.only_loses()) return std::nullopt;
  if (!receipt.closes() && !receipt.broken_propagation.empty()) {
    return VoidReason{
        VoidRule::receipt_open,
        fmt::format(
            "{}; the trace context does not reach it. Requests carry {} (\"context\" of the "
            "scenario): do both ends have the same propagators (OTEL_PROPAGATORS={}), does the "
            "caller pass its context to the outgoing call, and does what lies between keep headers "
            "or metadata?",
            receipt.reason(), describe(context.context), propagators_of(context.context))};
  }
  const bool planted = context.sink_fails && receipt.only_loses();
  if (const auto hint = receipt_hint(receipt, context.exports);
      hint && !receipt.closes() && !planted) {
    return VoidReason{VoidRule::receipt_open, fmt::format("{}. {}", receipt.reason(), *hint)};
  }
  if (!receipt.closes()) {
    return VoidReason{
        VoidRule::receipt_open,
        fmt::format("{}; tracing that loses spans looks cheap. {}", receipt.reason(),
                    planted ? std::string(kLossIsPlanted) : cause_of_loss(segment, context.relay))};
  }
  // Where nobody can say how many spans must come, none at all is still wrong if about 20 were due.
  const double spans_likely = context.sampling_rate * static_cast<double>(segment.requests);
  if (context.exports && !receipt.known && receipt.received == 0 && spans_likely >= 20) {
    return VoidReason{VoidRule::receipt_open,
                      fmt::format("no span came from {} requests; does the target export to "
                                  "OTEL_EXPORTER_OTLP_ENDPOINT?",
                                  segment.requests)};
  }
  return std::nullopt;
}

}  // namespace

double held_up_share(const SegmentRecord& segment) {
  const auto held_up = static_cast<double>(segment.times.lag_held_up.count());
  const auto all = held_up + static_cast<double>(segment.times.lag.count());
  return all > 0 ? held_up / all : 0;
}

std::uint64_t attempts(std::uint64_t answered, std::uint64_t errors, std::uint64_t sent) {
  return std::max(sent, answered + errors);
}

bool too_many_errors(std::uint64_t errors, std::uint64_t sent) {
  return static_cast<double>(errors) > kMaxErrorShare * static_cast<double>(sent);
}

double lag_limit_ns(const RequestTimes& times) {
  return std::max(kMaxLagShare * static_cast<double>(times.service().percentile(50)),
                  kMaxLagFloorNs);
}

bool driver_was_late(const RequestTimes& times, double limit_ns, double percentile) {
  return !times.lag.empty() && static_cast<double>(times.lag.percentile(percentile)) > limit_ns;
}

void judge_lag(std::span<SegmentRecord> block) {
  const auto off = std::ranges::find_if(block, [](const SegmentRecord& segment) {
    return segment.spec.kind == SegmentKind::open && segment.spec.arm == 0 && segment.requests > 0;
  });
  const double limit_ns = off == block.end() ? kMaxLagFloorNs : lag_limit_of(*off);
  for (SegmentRecord& segment : block) {
    if (segment.spec.kind != SegmentKind::open) continue;
    segment.lag_limit_ns = limit_ns;
    if (auto late = check_lag(segment)) segment.voids.push_back(std::move(*late));
  }
}

bool tail_is_the_targets(const SegmentRecord& segment) {
  return !driver_was_late(segment.times, lag_limit_of(segment), 99);
}

std::vector<VoidReason> check_validity(const SegmentRecord& segment,
                                       const ValidityContext& context) {
  std::vector<VoidReason> broken;
  for (const MaybeVoid& found :
       {check_rate(segment, context), check_errors(segment), check_stalls(segment),
        check_receipt(segment, context), check_driver(segment, context)}) {
    if (found) broken.push_back(*found);
  }
  return broken;
}

}  // namespace tracetax
