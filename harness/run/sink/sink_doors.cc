// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_doors.h"

#include <boost/asio/post.hpp>

namespace tracetax {
namespace {

/// Before a port that somebody else has taken meanwhile is tried again.
constexpr std::chrono::milliseconds kTryAgain{50};

}  // namespace

SinkDoors::SinkDoors(const DoorsWanted& wanted, PayloadReceiver& receiver)
    : http_(receiver, wanted.spec, wanted.patience),
      grpc_(receiver, wanted.spec, wanted.patience),
      http_door_(io_, receiver, wanted.patience, "--http, in a suite with sink.port",
                 [this](std::shared_ptr<SinkVisit> visit) { return http_.serve(visit); }),
      grpc_door_(io_, receiver, wanted.patience, "--grpc, in a suite with sink.grpc_port",
                 [this](std::shared_ptr<SinkVisit> visit) { return grpc_.serve(visit); }) {}

Status SinkDoors::open(const DoorsWanted& wanted) {
  auto http_tls = make_sink_tls(wanted.spec.tls, "http/1.1");
  if (!http_tls) return failure(http_tls.error());
  if (auto opened = http_door_.open(wanted.host, wanted.http_port, std::move(*http_tls)); !opened)
    return opened;
  has_grpc_ = wanted.grpc_port.has_value();
  if (!has_grpc_) return {};
  auto grpc_tls = make_sink_tls(wanted.spec.tls, "h2");
  if (!grpc_tls) return failure(grpc_tls.error());
  return grpc_door_.open(wanted.host, *wanted.grpc_port, std::move(*grpc_tls));
}

void SinkDoors::close() {
  http_door_.close(true);
  if (has_grpc_) grpc_door_.close(true);
}

Status SinkDoors::open_again() {
  Status opened = http_door_.open_again();
  return opened && has_grpc_ ? grpc_door_.open_again() : opened;
}

Result<std::unique_ptr<SinkDoors>> open_doors(const DoorsWanted& wanted,
                                              PayloadReceiver& receiver) {
  auto doors = std::make_unique<SinkDoors>(wanted, receiver);
  if (const Status opened = doors->open(wanted); !opened) return failure(opened.error());
  return doors;
}

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
