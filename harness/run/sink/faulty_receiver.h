// Stands between the servers of a sink and what keeps the payloads, and lets requests for traces
// fail as it was told to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "harness/run/sink/faults/sink_faults.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

/// Any thread. Without faults it costs a look at one flag.
class FaultyReceiver : public PayloadReceiver {
 public:
  using Clock = std::chrono::steady_clock;
  /// `to` must outlive it.
  explicit FaultyReceiver(PayloadReceiver& to) : to_(to) {}

  /// From `begin` on, in place of what was planted before. None ends it.
  void plant(const SinkFaults& faults, Clock::time_point begin = Clock::now());
  /// The doors are open again: so a restart ends.
  void opened_again(Clock::time_point now = Clock::now());
  /// From the end of the faults to the first payload that was taken after it; nothing where they
  /// have no end, or nothing came since.
  [[nodiscard]] std::optional<double> recovery_ms() const;

  [[nodiscard]] bool has_room(std::size_t bytes) const override { return to_.has_room(bytes); }
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void no_room() override { to_.no_room(); }
  void refused(std::string_view reason) override { to_.refused(reason); }
  void other_signal() override { to_.other_signal(); }

 private:
  PayloadReceiver& to_;
  std::atomic<bool> active_ = false;
  mutable std::mutex mutex_;  // for what follows
  FaultPlan plan_;
  Clock::time_point begin_;
  std::optional<Clock::time_point> end_;
  std::optional<double> recovery_ms_;
};

}  // namespace tracetax
