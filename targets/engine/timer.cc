// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/timer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "targets/engine/timer_heap.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

// Go has one heap per processor with a lock that is hardly ever contended; so has this per few
// threads.
constexpr std::size_t kShards = 16;

struct alignas(64) Shard {
  explicit Shard(std::size_t limit) : heap(limit) {}
  std::mutex mutex;
  TimerHeap heap;
};

std::size_t shard_of_thread() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
  return number % kShards;
}

class TimerStage final : public Stage {
 public:
  explicit TimerStage(const TimerSpec& spec) : spec_(spec) {
    for (std::size_t i = 0; i < kShards; ++i) {
      shards_.push_back(std::make_unique<Shard>(spec.armed_max));
    }
  }

  void handle(Exchange& exchange, Next next) const override {
    const Nanos now = steady_nanos();
    Shard& shard = *shards_[shard_of_thread()];
    std::optional<TimerHeap::Id> timer;
    {
      const std::lock_guard lock(shard.mutex);
      shard.heap.take_due(now);
      timer = shard.heap.arm(now + spec_.deadline);
    }
    const Cancel cancel{shard, spec_.cancels ? timer : std::nullopt};
    const Nanos outer = exchange.call_deadline;
    const Nanos own = now + spec_.deadline;
    exchange.call_deadline = outer == Nanos(0) ? own : std::min(outer, own);
    next(exchange);
    exchange.call_deadline = outer;
  }

  std::string describe() const override {
    return fmt::format(
        "timer: {} armed and {}, up to {} in each of {} heaps", format_duration(spec_.deadline),
        spec_.cancels ? "cancelled" : "left until it is due", spec_.armed_max, kShards);
  }

 private:
  struct Cancel {
    Shard& shard;
    std::optional<TimerHeap::Id> timer;
    ~Cancel() {
      if (!timer) return;
      const std::lock_guard lock(shard.mutex);
      shard.heap.cancel(*timer);
    }
  };

  TimerSpec spec_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace

StagePointer make_stage(const TimerSpec& spec) { return std::make_unique<TimerStage>(spec); }

}  // namespace tracetax
