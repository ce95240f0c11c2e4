// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/handoff.h"

#include <fmt/format.h>

#include <coroutine>
#include <deque>
#include <exception>
#include <memory>

namespace tracetax {
namespace {

// What is ready to run in this thread: a P's run queue.
thread_local std::deque<std::coroutine_handle<>> run_queue;

/// Starts in the queue, and is gone when it ends.
struct Goroutine {
  struct promise_type {  // NOLINT(readability-identifier-naming): the language's name
    Goroutine get_return_object() {
      run_queue.push_back(std::coroutine_handle<promise_type>::from_promise(*this));
      return {};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() { std::terminate(); }
  };
};

/// The channel that its caller waits on.
struct Finished {
  bool done = false;
  std::exception_ptr thrown{};
};

template <typename Work>
Goroutine start(Work work, Finished& finished) {
  try {
    work();
  } catch (...) {
    finished.thrown = std::current_exception();
  }
  finished.done = true;
  co_return;
}

// Runs `work` in a coroutine, and what was queued before it. Rethrows what it throws.
template <typename Work>
void run_elsewhere(Work work) {
  const auto finished = std::make_unique<Finished>();
  start(work, *finished);
  while (!finished->done) {
    const std::coroutine_handle<> next = run_queue.front();
    run_queue.pop_front();
    next.resume();
  }
  if (finished->thrown) std::rethrow_exception(finished->thrown);
}

class HandoffStage final : public Stage {
 public:
  explicit HandoffStage(const HandoffSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    run_elsewhere([&] { next(exchange); });
    for (int i = 1; i < spec_.times; ++i) run_elsewhere([] {});
  }

  std::string describe() const override {
    return fmt::format("handoff: {} per request to another coroutine and back", spec_.times);
  }

 private:
  HandoffSpec spec_;
};

}  // namespace

StagePointer make_stage(const HandoffSpec& spec) { return std::make_unique<HandoffStage>(spec); }

}  // namespace tracetax
