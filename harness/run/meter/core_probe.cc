// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/core_probe.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <numeric>

namespace tracetax {
namespace {

constexpr std::chrono::milliseconds kPause{4};
constexpr int kRounds = 6'000;  // about 10 us
constexpr int kPrimingRounds =
    300;  // the loop and the clock must be in the cache, whatever ran before
constexpr double kFastestShare = 0.05;
constexpr double kSlowLoop = 1.2;  // times the fastest: well above a clock's own jitter

std::int64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

/// Eight independent chains: as many units of the core as possible, so that a neighbour is felt. A
/// single chain waits for itself most of the time and feels nothing.
void keep_units_busy(int rounds) {
  std::uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
  for (int i = 0; i < rounds; ++i) {
    const auto step = static_cast<std::uint64_t>(i);
    a += step ^ 3;
    b ^= step + 5;
    c += step | 7;
    d ^= step + 9;
    e += step ^ 5;
    f ^= step | 2;
    g += step ^ 11;
    h ^= step + 13;
    __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
  }
}

void watch(const std::stop_token& done, int cpu, CoreProbe::Priority priority,
           std::vector<ProbeLoop>& loops) {
  if (!pin_this_thread({cpu})) return;
  const sched_param none{};
  const bool idle = priority == CoreProbe::Priority::idle;
  if (idle && pthread_setschedparam(pthread_self(), SCHED_IDLE, &none) != 0) return;
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock{mutex};
  do {
    never.wait_for(lock, done, kPause, [] { return false; });
    static_cast<void>(thread_cpu_ns());
    keep_units_busy(kPrimingRounds);
    const std::int64_t from = thread_cpu_ns();
    keep_units_busy(kRounds);
    const auto took_ns = static_cast<double>(thread_cpu_ns() - from);
    loops.push_back({std::chrono::steady_clock::now().time_since_epoch().count(), took_ns});
  } while (!done.stop_requested());
}

}  // namespace

CoreProbe::CoreProbe(const CpuList& cpus, Priority priority) : loops_(cpus.size()) {
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    threads_.emplace_back([cpu = cpus[i], priority, &loops = loops_[i]](
                              const std::stop_token& done) { watch(done, cpu, priority, loops); });
  }
}

std::vector<ProbeLoop> CoreProbe::stop() {
  threads_.clear();
  std::vector<ProbeLoop> all;
  for (const std::vector<ProbeLoop>& loops : loops_)
    all.insert(all.end(), loops.begin(), loops.end());
  return all;
}

std::optional<CoreSpeed> core_speed(std::span<const ProbeLoop> loops) {
  if (loops.empty()) return std::nullopt;
  std::vector<double> times_ns;
  for (const ProbeLoop& loop : loops) times_ns.push_back(loop.took_ns);
  const auto count = static_cast<double>(times_ns.size());
  const auto fastest = times_ns.begin() + static_cast<std::ptrdiff_t>(kFastestShare * count);
  std::nth_element(times_ns.begin(), fastest, times_ns.end());
  const double slow_ns = kSlowLoop * *fastest;
  const auto slow = std::ranges::count_if(times_ns, [=](double time) { return time >= slow_ns; });
  return CoreSpeed{.mean_ns = std::accumulate(times_ns.begin(), times_ns.end(), 0.0) / count,
                   .fastest_ns = *fastest,
                   .slow_share = static_cast<double>(slow) / count,
                   .probes = times_ns.size()};
}

}  // namespace tracetax
