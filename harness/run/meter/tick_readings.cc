// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/tick_readings.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

TickReadings::TickReadings(const TreeSample* tree, Nanos tick, std::size_t ticks) : tree_(tree) {
  readings_.reserve(ticks + 2);
  read();
  if (ticks < 2) return;
  thread_ = std::jthread([this, tick, ticks](const std::stop_token& done) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    const auto start = Clock::now();
    for (std::size_t over = 1; over < ticks; ++over) {
      never.wait_until(lock, done, start + over * tick, [] { return false; });
      if (done.stop_requested()) return;
      read();
    }
  });
}

void TickReadings::read() {
  TickReading reading;
  reading.noise = cpu_ticks_now();
  if (tree_ != nullptr) {
    reading.cpu_ns = cpu_ns_now(*tree_);
    reading.rss_bytes = rss_bytes_now(*tree_);
  }
  reading.at_ns = Clock::now().time_since_epoch().count();
  readings_.push_back(reading);
}

std::vector<TickReading> TickReadings::stop() {
  thread_ = {};
  read();
  return std::move(readings_);
}

}  // namespace tracetax
