// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/handoff.h"

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>

namespace tracetax {
namespace {

// Runs `work` on a thread of `pool` and waits; here if the pool is full. Rethrows what it throws.
template <typename Work>
void run_elsewhere(WorkerPool& pool, Work work) {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  std::exception_ptr thrown;
  const bool accepted = pool.submit([&] {
    std::exception_ptr caught;
    try {
      work();
    } catch (...) {
      caught = std::current_exception();
    }
    // Notified under the lock: the waiter must not leave, and take the condition along, before
    // that.
    const std::lock_guard lock(mutex);
    thrown = std::move(caught);
    done = true;
    finished.notify_one();
  });
  if (!accepted) {
    work();
    return;
  }
  std::unique_lock lock(mutex);
  finished.wait(lock, [&] { return done; });
  if (thrown) std::rethrow_exception(thrown);
}

class HandoffStage final : public Stage {
 public:
  explicit HandoffStage(const HandoffSpec& spec) : spec_(spec), pool_(spec.workers) {}

  void handle(Exchange& exchange, Next next) const override {
    run_elsewhere(pool_, [&] { next(exchange); });
    for (int i = 1; i < spec_.times; ++i) run_elsewhere(pool_, [] {});
  }

  std::string describe() const override {
    return fmt::format("handoff: {} per request to another thread and back, at most {} threads",
                       spec_.times, spec_.workers.threads);
  }

 private:
  HandoffSpec spec_;
  mutable WorkerPool pool_;
};

}  // namespace

StagePointer make_stage(const HandoffSpec& spec) { return std::make_unique<HandoffStage>(spec); }

}  // namespace tracetax
