// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/faulty_receiver.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tracetax {
namespace {

[[nodiscard]] PayloadAnswer answer_of(FaultAnswer::Kind kind) {
  switch (kind) {
    case FaultAnswer::Kind::taken:
      return PayloadAnswer::accepted;
    case FaultAnswer::Kind::status:
      return PayloadAnswer::status;
    case FaultAnswer::Kind::reset:
      return PayloadAnswer::reset;
    case FaultAnswer::Kind::black_hole:
      return PayloadAnswer::black_hole;
  }
  return PayloadAnswer::accepted;
}

/// 0 where it cannot be read: whoever keeps it says so.
[[nodiscard]] std::uint64_t spans_in(const OtlpPayload& payload) {
  std::vector<SpanSeen> spans;
  return decode_payload(payload, spans).value_or(0);
}

}  // namespace

void FaultyReceiver::plant(const SinkFaults& faults, Clock::time_point begin) {
  const std::lock_guard lock(mutex_);
  plan_ = FaultPlan(faults);
  begin_ = begin;
  end_.reset();
  recovery_ms_.reset();
  // A restart ends when the doors are open again, which may take longer than planned.
  if (const auto end = faults.end(); end && !faults.restart_after) end_ = begin + *end;
  active_ = faults.any();
}

void FaultyReceiver::opened_again(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!plan_.fails(Nanos::max()))
    end_ = std::max(now, begin_ + plan_.faults().fails_for.value_or(Nanos{0}));
}

std::optional<double> FaultyReceiver::recovery_ms() const {
  const std::lock_guard lock(mutex_);
  return recovery_ms_;
}

PayloadVerdict FaultyReceiver::receive(OtlpPayload payload) {
  if (!active_) return to_.receive(std::move(payload));
  std::unique_lock lock(mutex_);
  const auto now = Clock::now();
  const bool counts = plan_.faults().reject.share() > 0 && plan_.fails(now - begin_);
  const FaultAnswer fault = plan_.next(now - begin_, counts ? spans_in(payload) : 0);
  const SinkFaults& faults = plan_.faults();
  const std::string reason = plan_.reason(fault);
  PayloadVerdict verdict{.answer = answer_of(fault.kind),
                         .message = reason,
                         .delay = fault.delay,
                         .status = faults.status,
                         .retry_after = faults.retry_after,
                         .rejected_spans = fault.rejected_spans};
  lock.unlock();
  if (!reason.empty()) {
    to_.refused(reason);
    return verdict;
  }
  payload.rejected_spans = fault.rejected_spans;
  const PayloadVerdict taken = to_.receive(std::move(payload));
  verdict.answer = taken.answer;
  verdict.message = taken.message;
  if (taken.answer != PayloadAnswer::accepted) return verdict;
  lock.lock();
  if (end_ && now >= *end_ && !recovery_ms_)
    recovery_ms_ = std::chrono::duration<double, std::milli>(now - *end_).count();
  return verdict;
}

}  // namespace tracetax
