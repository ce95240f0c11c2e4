// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/call_counters.h"

#include <chrono>

namespace tracetax {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

std::int64_t now_ns() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

class CallCountersStage final : public Stage {
 public:
  explicit CallCountersStage(std::shared_ptr<CallCounters> counters)
      : counters_(counters ? std::move(counters) : std::make_shared<CallCounters>()) {}

  // In the order of grpc-go: the stream arrives, its message, the call begins; the answer goes out,
  // the call is over, the stream is. Each time is read anew, as there.
  void handle(Exchange& exchange, Next next) const override {
    CallCounters::Server& server = counters_->server;
    CallCounters::Socket& socket = counters_->sockets[exchange.peer_port % CallCounters::kPlaces];
    socket.streams_started.fetch_add(1, kRelaxed);
    socket.last_stream_created.store(now_ns(), kRelaxed);
    server.calls_started.fetch_add(1, kRelaxed);
    server.last_call_started.store(now_ns(), kRelaxed);
    socket.messages_received.fetch_add(1, kRelaxed);
    socket.last_message_received.store(now_ns(), kRelaxed);
    next(exchange);
    const bool good = exchange.status < 400;
    if (good) {
      socket.messages_sent.fetch_add(1, kRelaxed);
      socket.last_message_sent.store(now_ns(), kRelaxed);
    }
    (good ? server.calls_succeeded : server.calls_failed).fetch_add(1, kRelaxed);
    (good ? socket.streams_succeeded : socket.streams_failed).fetch_add(1, kRelaxed);
  }

  std::string describe() const override {
    return "metric: channelz counters and times of server and connection, atomic";
  }

 private:
  std::shared_ptr<CallCounters> counters_;
};

}  // namespace

StagePointer make_stage(const CallCountersSpec& spec) {
  return std::make_unique<CallCountersStage>(spec.counters);
}

}  // namespace tracetax
