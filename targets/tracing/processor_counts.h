// What became of the spans of one processor, by reason, and how long its exports took.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "targets/tracing/exporter.h"

namespace tracetax {

/// A reading. At rest: spans given = queue_full + after_shutdown + exported + all of failed.
struct ProcessorReading {
  std::string_view processor;  // the semantic conventions' type of component
  std::string_view exporter;   // the same
  std::uint64_t queue_size = 0;
  std::uint64_t queue_capacity = 0;  // 0: it has no queue
  std::uint64_t queue_full = 0;      // dropped
  std::uint64_t after_shutdown = 0;  // dropped
  std::uint64_t in_flight = 0;       // with an exporter now
  std::uint64_t exported = 0;
  std::map<std::string, std::uint64_t> failed;  // by the error's type
  std::uint64_t exports = 0;
  std::chrono::nanoseconds export_time{0};  // of all exports, with their retries and waits
};

/// Any thread.
class ProcessorCounts {
 public:
  std::atomic<std::uint64_t> queue_full{0};
  std::atomic<std::uint64_t> after_shutdown{0};

  void begin(std::uint64_t spans) noexcept { in_flight_ += spans; }
  void end(const ExportResult& result, std::chrono::nanoseconds took) {
    in_flight_ -= result.exported + result.failed;
    const std::lock_guard lock(mutex_);
    exported_ += result.exported;
    if (result.failed > 0) failed_[result.error] += result.failed;
    ++exports_;
    time_ += took;
  }

  [[nodiscard]] ProcessorReading read() const {
    ProcessorReading reading;
    reading.queue_full = queue_full;
    reading.after_shutdown = after_shutdown;
    reading.in_flight = in_flight_;
    const std::lock_guard lock(mutex_);
    reading.exported = exported_;
    reading.failed = failed_;
    reading.exports = exports_;
    reading.export_time = time_;
    return reading;
  }

 private:
  std::atomic<std::uint64_t> in_flight_{0};
  mutable std::mutex mutex_;
  std::uint64_t exported_ = 0;
  std::map<std::string, std::uint64_t> failed_;
  std::uint64_t exports_ = 0;
  std::chrono::nanoseconds time_{0};
};

}  // namespace tracetax
