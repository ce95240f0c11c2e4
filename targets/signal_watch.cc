// SPDX-License-Identifier: Apache-2.0
#include "targets/signal_watch.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <mutex>
#include <thread>
#include <utility>

namespace tracetax {

namespace asio = boost::asio;

struct SignalWatch::Watch {
  std::function<void(SteadyTime)> stop;
  std::function<void()> report;
  mutable std::mutex mutex;
  std::optional<SteadyTime> stopped_at;  // guarded by the mutex
  asio::io_context context{1};
  asio::signal_set signals{context, SIGTERM, SIGINT, SIGUSR1};
  std::thread thread;

  void listen() {
    signals.async_wait([this](boost::system::error_code error, int number) {
      if (error) return;
      if (number == SIGUSR1) {
        report();
      } else {
        note_stop(std::chrono::steady_clock::now());
      }
      listen();
    });
  }

  void note_stop(SteadyTime now) {
    {
      const std::lock_guard lock(mutex);
      if (stopped_at) return;
      stopped_at = now;
    }
    stop(now);
  }
};

SignalWatch::SignalWatch(std::function<void(SteadyTime)> stop, std::function<void()> report)
    : watch_(std::make_unique<Watch>()) {
  watch_->stop = std::move(stop);
  watch_->report = std::move(report);
  watch_->listen();
  watch_->thread = std::thread([watch = watch_.get()] { watch->context.run(); });
}

SignalWatch::~SignalWatch() {
  watch_->context.stop();
  watch_->thread.join();
}

std::optional<SteadyTime> SignalWatch::stopped_at() const {
  const std::lock_guard lock(watch_->mutex);
  return watch_->stopped_at;
}

}  // namespace tracetax
