// Stage `metric` of go-zero (core/stat): every request's duration is appended to one list under a
// mutex; once a minute the list is taken, percentiles are selected from it and logged, and it
// starts again empty.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

/// Any thread.
class TaskList {
 public:
  using Duration = std::chrono::nanoseconds;
  struct Tasks {
    std::vector<Duration> durations;
    Duration total{0};          // of all, kept or not
    std::uint64_t refused = 0;  // no room was left for them
  };
  /// 128 MiB; a minute of 280 k requests/s. go-zero has no limit.
  static constexpr std::size_t kTasksMax = 16U << 20;

  explicit TaskList(std::size_t most = kTasksMax) : most_(most) {}
  void add(Duration duration);
  [[nodiscard]] Tasks take();

 private:
  const std::size_t most_;
  std::mutex mutex_;
  Tasks tasks_;
};

/// "(name) - qps: 1.0/s, drops: 0, avg time: ..., 99.9th: 0.0ms". Percentiles are taken as go-zero
/// takes them: the smallest of the slowest half, of the slowest tenth, and so on (10 %, 1 %, 0.1 %
/// of the whole). If such a share has no member, it is the slowest of the share before. 0 without
/// tasks.
[[nodiscard]] std::string format_task_report(std::string_view name, TaskList::Tasks tasks,
                                             std::chrono::seconds interval);

struct TaskMetricSpec {
  std::string_view name = "bench";
  std::chrono::seconds interval{60};
  int fd = STDOUT_FILENO;
};
/// A thread of its own writes the reports; what is left at the end is not reported.
[[nodiscard]] StagePointer make_stage(const TaskMetricSpec& spec);

}  // namespace tracetax
