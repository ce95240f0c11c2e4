// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/task_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>

#include "targets/stages/logs/json_line.h"

namespace tracetax {
namespace {

double millis(TaskList::Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

/// The percentiles of durations, taken by selecting the slowest `k` again and again from what is
/// left.
class SlowestFirst {
 public:
  explicit SlowestFirst(std::span<TaskList::Duration> durations) : rest_(durations) {}

  /// Keeps the slowest `k`; their smallest. With `k` 0: the slowest of those kept before, from now
  /// on.
  double keep(std::size_t k) {
    if (rest_.empty()) return 0;
    const std::size_t kept = std::max<std::size_t>(k, 1);
    const auto last = rest_.begin() + static_cast<std::ptrdiff_t>(kept) - 1;
    std::ranges::nth_element(rest_, last, std::greater<>());
    rest_ = rest_.first(kept);
    return millis(*last);
  }

 private:
  std::span<TaskList::Duration> rest_;
};

class TaskMetricStage final : public Stage {
 public:
  explicit TaskMetricStage(const TaskMetricSpec& spec)
      : spec_(spec), reporter_([this](const std::stop_token& stop) { report_until(stop); }) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    tasks_.add(std::chrono::steady_clock::now() - start);
  }

  std::string describe() const override {
    return fmt::format("metric: duration appended under a mutex, percentiles logged every {} s",
                       spec_.interval.count());
  }

 private:
  void report_until(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, spec_.interval, [] { return false; });
      if (stop.stop_requested()) return;
      const std::string content = format_task_report(spec_.name, tasks_.take(), spec_.interval);
      std::string line;
      append_json_line({.time = std::chrono::system_clock::now(),
                        .caller = "stat/metrics.go:210",
                        .content = content,
                        .duration = std::nullopt,
                        .level = "stat",
                        .trace = {}},
                       line);
      write_line(spec_.fd, line);
    }
  }

  TaskMetricSpec spec_;
  mutable TaskList tasks_;
  std::jthread reporter_;  // last: it uses the others
};

}  // namespace

void TaskList::add(Duration duration) {
  const std::scoped_lock lock(mutex_);
  tasks_.total += duration;
  if (tasks_.durations.size() >= most_) {
    ++tasks_.refused;
    return;
  }
  tasks_.durations.push_back(duration);
}

TaskList::Tasks TaskList::take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(tasks_, {});
}

std::string format_task_report(std::string_view name, TaskList::Tasks tasks,
                               std::chrono::seconds interval) {
  const std::size_t kept = tasks.durations.size();
  const std::uint64_t size = kept + tasks.refused;
  SlowestFirst slowest(tasks.durations);
  const double average = size == 0 ? 0 : millis(tasks.total) / static_cast<double>(size);
  const double median = slowest.keep(kept / 2);
  const double p90 = slowest.keep(kept / 10);
  const double p99 = slowest.keep(kept / 100);
  const double p999 = slowest.keep(kept / 1000);
  std::string text = fmt::format(
      "({}) - qps: {:.1f}/s, drops: 0, avg time: {:.1f}ms, med: {:.1f}ms, 90th: {:.1f}ms, "
      "99th: {:.1f}ms, 99.9th: {:.1f}ms",
      name, static_cast<double>(size) / static_cast<double>(interval.count()), average, median, p90,
      p99, p999);
  if (tasks.refused > 0)
    fmt::format_to(std::back_inserter(text), ", {} not in the percentiles", tasks.refused);
  return text;
}

StagePointer make_stage(const TaskMetricSpec& spec) {
  return std::make_unique<TaskMetricStage>(spec);
}

}  // namespace tracetax
