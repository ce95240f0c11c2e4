// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/interrupt_watch.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tracetax {
namespace {

using WatchClock = std::chrono::steady_clock;

constexpr auto kShortestPatience = std::chrono::milliseconds{1200};
// Of Poisson arrivals one gap in 150 is longer than five mean gaps.
constexpr double kMeanGaps = 5;

}  // namespace

Nanos patience_at(double rate) {
  if (rate <= 0) return kShortestPatience;
  const std::chrono::duration<double> gaps{kMeanGaps / rate};
  return kShortestPatience + std::chrono::duration_cast<Nanos>(gaps);
}

void InterruptWatch::start() {
  thread_ = std::jthread{[this](const std::stop_token& done) { watch(done); }};
}

void InterruptWatch::expect_answers(bool expected, double rate) {
  patience_ = patience_at(rate);
  answers_expected_ = expected;
}

void InterruptWatch::watch(const std::stop_token& done) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock{mutex};
  std::uint64_t answers = 0;
  WatchClock::time_point last_news = WatchClock::now();
  while (!done.stop_requested() && !abandon()) {
    never.wait_for(lock, done, std::chrono::milliseconds{250}, [] { return false; });
    const std::uint64_t answers_now = live_.ok;
    if (interrupts() == 0 || !answers_expected_ || answers_now != answers)
      last_news = WatchClock::now();
    answers = answers_now;
    hung_ = WatchClock::now() - last_news > patience_.load();
  }
  if (abandon()) stop_.request_stop();
}

}  // namespace tracetax
