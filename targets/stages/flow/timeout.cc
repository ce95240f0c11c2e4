// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/timeout.h"

#include <fmt/format.h>

#include <boost/beast/core/string.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "targets/request/cancellation.h"
#include "targets/request/owned_exchange.h"
#include "targets/request/rejection.h"

namespace tracetax {
namespace {

constexpr std::string_view kReason = "Request Timeout";
constexpr Rejection kTooLate{.status = 503, .content_type = kPlainText, .text = kReason};
constexpr Rejection kCallerGone{.status = 499, .content_type = kPlainText, .text = kReason};

// What both threads hold. Until `done` the request is the worker's, then the caller's.
struct Job {
  Job(const Exchange& exchange, Next rest) : request(exchange), next(rest) {}

  void run() {
    std::exception_ptr caught;
    try {
      next(request.exchange());
    } catch (...) {
      caught = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    thrown = std::move(caught);
    done = true;
    changed.notify_one();
  }
  void cancel() {
    const std::lock_guard lock(mutex);
    cancelled = true;
    changed.notify_one();
  }

  OwnedExchange request;
  Next next;
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  bool cancelled = false;
  std::exception_ptr thrown;
};

class TimeoutStage final : public Stage {
 public:
  explicit TimeoutStage(const TimeoutSpec& spec) : spec_(spec), pool_(spec.workers) {}

  void handle(Exchange& exchange, Next next) const override {
    if (spec_.deadline <= Nanos(0) || wants_websocket(exchange)) {
      next(exchange);
      return;
    }
    const auto deadline = std::chrono::steady_clock::now() + spec_.deadline;
    const auto job = std::make_shared<Job>(exchange, next);
    // The caller's cancellation may end before the job does.
    Cancellation* cancellation = std::exchange(job->request.exchange().cancellation, nullptr);
    if (!pool_.submit([job] { job->run(); })) {
      reject(exchange, kTooLate);
      return;
    }
    std::optional<Cancellation::Watch> watch;
    if (cancellation != nullptr) watch.emplace(*cancellation, [job] { job->cancel(); });

    std::unique_lock lock(job->mutex);
    job->changed.wait_until(lock, deadline, [&] { return job->done || job->cancelled; });
    if (!job->done) {
      const bool gone = job->cancelled;
      lock.unlock();
      reject(exchange, gone ? kCallerGone : kTooLate);
      return;
    }
    lock.unlock();
    if (job->thrown) std::rethrow_exception(job->thrown);
    job->request.give_answer(exchange);
  }

  std::string describe() const override {
    if (spec_.deadline <= Nanos(0)) return "timeout: none";
    return fmt::format(
        "timeout: {} on another thread (at most {}), answer buffered and copied, "
        "503 or 499",
        format_duration(spec_.deadline), spec_.workers.threads);
  }

 private:
  static bool wants_websocket(const Exchange& exchange) {
    return exchange.headers != nullptr &&
           boost::beast::iequals((*exchange.headers)[boost::beast::http::field::upgrade],
                                 "websocket");
  }

  TimeoutSpec spec_;
  // Waits for its jobs when this stage ends. They use the stages behind it, which end later: a
  // vector of libstdc++ destroys its elements from the front.
  mutable WorkerPool pool_;
};

}  // namespace

StagePointer make_stage(const TimeoutSpec& spec) { return std::make_unique<TimeoutStage>(spec); }

}  // namespace tracetax
