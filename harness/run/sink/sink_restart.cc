// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_restart.h"

#include <boost/asio/post.hpp>

namespace tracetax {
namespace {

/// Before a port that somebody else has taken meanwhile is tried again.
constexpr std::chrono::milliseconds kTryAgain{50};

}  // namespace

SinkRestart::SinkRestart(SinkDoors& doors, FaultyReceiver& receiver)
    : doors_(doors), receiver_(receiver), timer_(doors.io()) {}

void SinkRestart::plan(const SinkFaults& faults) {
  const auto now = Clock::now();
  boost::asio::post(doors_.io(), [this, faults, now] { begin(faults, now); });
}

void SinkRestart::begin(const SinkFaults& faults, Clock::time_point begin) {
  timer_.cancel();
  if (closed_) open();
  if (!faults.restart_after) return;
  closed_for_ = faults.closed_for;
  at(begin + *faults.restart_after, &SinkRestart::close);
}

void SinkRestart::at(Clock::time_point when, void (SinkRestart::*what)()) {
  timer_.expires_at(when);
  timer_.async_wait([this, what](const boost::system::error_code& error) {
    if (!error) (this->*what)();
  });
}

void SinkRestart::close() {
  doors_.close();
  closed_ = true;
  receiver_.refused("fault: restart");
  at(Clock::now() + closed_for_, &SinkRestart::open);
}

void SinkRestart::open() {
  if (!doors_.open_again()) return at(Clock::now() + kTryAgain, &SinkRestart::open);
  closed_ = false;
  receiver_.opened_again();
}

}  // namespace tracetax
