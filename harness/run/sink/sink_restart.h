// Closes the doors of a sink for a while and opens them again on the same ports, as a receiver that
// is restarted does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "harness/run/sink/faulty_receiver.h"
#include "harness/run/sink/sink_doors.h"

namespace tracetax {

/// To be destroyed after io() of the doors has stopped.
class SinkRestart {
 public:
  /// Both must outlive it.
  SinkRestart(SinkDoors& doors, FaultyReceiver& receiver);

  /// From now on, in place of what was planned before; doors that are closed are opened at once.
  /// Any thread.
  void plan(const SinkFaults& faults);

 private:
  using Clock = std::chrono::steady_clock;
  void begin(const SinkFaults& faults, Clock::time_point begin);
  void close();
  void open();
  void at(Clock::time_point when, void (SinkRestart::*what)());

  SinkDoors& doors_;
  FaultyReceiver& receiver_;
  boost::asio::steady_timer timer_;
  Nanos closed_for_{0};
  bool closed_ = false;
};

}  // namespace tracetax
