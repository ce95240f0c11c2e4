// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/perf_counters.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <utility>

#include "harness/run/process/proc_files.h"

namespace tracetax {
namespace {

static_assert(kHardwareEvent == PERF_TYPE_HARDWARE);
static_assert(kCycles.config == PERF_COUNT_HW_CPU_CYCLES);
static_assert(kInstructions.config == PERF_COUNT_HW_INSTRUCTIONS);

int open_event(PerfEvent event, pid_t thread) {
  perf_event_attr asked{};
  asked.size = sizeof asked;
  asked.type = event.type;
  asked.config = event.config;
  asked.inherit = 1;
  asked.exclude_kernel = 1;
  asked.exclude_hv = 1;
  asked.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  return static_cast<int>(
      syscall(SYS_perf_event_open, &asked, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

void close_all(const std::vector<int>& files) {
  for (const int file : files) close(file);
}

}  // namespace

std::optional<PerfCounter> PerfCounter::open(const MeteredTree& tree, PerfEvent event) {
  const std::vector<pid_t> processes = members_of(tree);
  std::vector<int> threads;
  for (const pid_t process : processes) {
    for (const pid_t thread : threads_of(process)) {
      const int file = open_event(event, thread);
      if (file >= 0) {
        threads.push_back(file);
      } else if (errno != ESRCH) {  // a thread that has just ended is none
        close_all(threads);
        return std::nullopt;
      }
    }
  }
  if (threads.empty()) return std::nullopt;
  return PerfCounter(std::move(threads));
}

PerfCounter& PerfCounter::operator=(PerfCounter&& other) noexcept {
  std::swap(threads_, other.threads_);
  return *this;
}

PerfCounter::~PerfCounter() { close_all(threads_); }

std::optional<std::uint64_t> PerfCounter::read() const {
  double sum = 0;
  bool counted = false;
  for (const int file : threads_) {
    struct {
      std::uint64_t value = 0, enabled_ns = 0, running_ns = 0;
    } found;
    if (::read(file, &found, sizeof found) != sizeof found) return std::nullopt;
    if (found.running_ns == 0) continue;  // a thread that slept all the time
    counted = true;
    sum += static_cast<double>(found.value) * static_cast<double>(found.enabled_ns) /
           static_cast<double>(found.running_ns);
  }
  if (!counted) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(sum));
}

}  // namespace tracetax
