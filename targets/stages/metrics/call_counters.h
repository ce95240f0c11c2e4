// Stage `metric` of grpc-go with channelz on, as kratos turns it on: per call, atomic counters and
// times of the server and of the connection. Connections are told apart by the caller's port, in
// kPlaces places.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "targets/request/stage.h"

namespace tracetax {

/// What channelz keeps; times in ns since the epoch. Any thread.
struct CallCounters {
  struct Server {
    std::atomic<std::uint64_t> calls_started{0};
    std::atomic<std::uint64_t> calls_succeeded{0};
    std::atomic<std::uint64_t> calls_failed{0};
    std::atomic<std::int64_t> last_call_started{0};
  };
  struct alignas(64) Socket {
    std::atomic<std::uint64_t> streams_started{0};
    std::atomic<std::uint64_t> streams_succeeded{0};
    std::atomic<std::uint64_t> streams_failed{0};
    std::atomic<std::uint64_t> messages_received{0};
    std::atomic<std::uint64_t> messages_sent{0};
    std::atomic<std::int64_t> last_stream_created{0};
    std::atomic<std::int64_t> last_message_received{0};
    std::atomic<std::int64_t> last_message_sent{0};
  };
  static constexpr std::size_t kPlaces = 64;

  Server server;
  std::array<Socket, kPlaces> sockets;
};

struct CallCountersSpec {
  std::shared_ptr<CallCounters> counters;  // null: the stage makes its own
};
[[nodiscard]] StagePointer make_stage(const CallCountersSpec& spec);

}  // namespace tracetax
