// Validity: the rules that a finished segment must keep before any number of it counts. Pure; the
// rules that only the runner can see (target failed, killed, restarted, run interrupted) are its
// own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/request/context_format.h"
#include "harness/core/run_result.h"

namespace tracetax {

inline constexpr double kMinAchievedShare = 0.99;  // of the asked rate
inline constexpr double kMaxErrorShare = 0.001;    // of the requests sent
/// A segment is void if this percentile of the lag is above the limit; response p99 needs its p99
/// below it.
inline constexpr double kLagPercentile = 95;
inline constexpr double kMaxLagShare = 0.05;      // of the service p50 ...
inline constexpr double kMaxLagFloorNs = 50'000;  // ... or this, whichever is larger
/// Share of the requests that stalls of the machine may hold up. Their lag is not the driver's and
/// is kept apart: on a hosted virtual machine 1 to 2 % of the time is lost to stalls of 0.1 to 10
/// ms, in every arm.
inline constexpr double kMaxHeldUpShare = 0.05;
inline constexpr double kMaxDriverBusy = 0.80;  // of the CPU its threads may have
/// In a closed loop a target this busy is the limit, however busy the driver was: it cannot answer
/// more than 1 / 0.95 times as many requests.
inline constexpr double kTargetSaturated = 0.95;  // of the CPUs it may have

/// What the record does not say about how the segment was meant.
struct ValidityContext {
  bool exports = false;  // the arm's state is `export`: spans of sampled requests must come
  double sampling_rate =
      0;  // share of requests that the arm samples; used where the receipt is not known
  double phase_s = 0;  // planned length of the measured phase in seconds; 0: not known
  /// harness/load/ledger.h, falling_behind(); none: not known.
  std::optional<double> falls_behind{};
  std::optional<OfferedRate> offered{};  // as the suite asks for it, for the hint
  bool sink_fails = false;               // on purpose: the arm has planted a fault
  bool loss_expected = false;            // by the arm's own word: missing spans alone void nothing
  std::string relay{};  // the service that spans pass through on their way; empty: none
  ContextFormats context{ContextFormat::w3c};  // in which requests told theirs
  bool has_keep_rule = true;  // whether an account by class is held to a rule of the arm
};

/// Requests that were sent, and connections that could not be had: errors are counted among both.
[[nodiscard]] std::uint64_t attempts(std::uint64_t answered, std::uint64_t errors,
                                     std::uint64_t sent);
[[nodiscard]] bool too_many_errors(std::uint64_t errors, std::uint64_t sent);

/// How late the driver may be: the larger of 5 % of the service p50 and 50 us, in ns.
[[nodiscard]] double lag_limit_ns(const RequestTimes& times);
/// Whether this percentile of the lag is above the limit.
[[nodiscard]] bool driver_was_late(const RequestTimes& times, double limit_ns,
                                   double percentile = kLagPercentile);

/// Whether response p99 is the target's own: the driver's lag p99 keeps that limit.
[[nodiscard]] bool tail_is_the_targets(const SegmentRecord& segment);

/// Share of the requests that a stall of the machine held up, 0 to 1.
[[nodiscard]] double held_up_share(const SegmentRecord& segment);

/// Gives the segments of one block and cell the limit that follows from its first arm, and voids
/// those of an open loop whose lag is above it. One limit for all, because what is dropped must not
/// depend on the arm: a slower arm would get a wider one. Without a first arm, 50 us. To be called
/// once per block.
void judge_lag(std::span<SegmentRecord> block);

/// Every other rule that `segment` breaks, in the order of the design; empty: valid. What must be
/// filled in:
/// - asked_rate: the plan's own count of due requests over the phase's length, so that the
///   scatter of a Poisson plan is no shortfall;
/// - achieved_rate: answered as expected, over the same length;
/// - duration_s: a driver queue that drains long after the phase counts as a missed rate. The
///   longest service time is forgiven: one slow answer at the end is the target's response
///   time, not a backlog. Where `context.falls_behind` is known the target must fall behind, too:
///   a stall near the end makes the last requests late, and a slice waits for its last answers;
/// - driver_busy: without active waiting;
/// - receipt: of the whole segment.
/// Each detail gives the numbers and what to do about them.
[[nodiscard]] std::vector<VoidReason> check_validity(const SegmentRecord& segment,
                                                     const ValidityContext& context);

}  // namespace tracetax
