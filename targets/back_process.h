// The second process of a target that consists of two: this program again, as a child that never
// outlives its parent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/text/error.h"
#include "targets/tracing/counts.h"
#include "targets/tracing/env.h"
#include "targets/tracing/exporter.h"

namespace tracetax {

class BackProcess {
 public:
  /// Starts this program with `options`, the target's name first, and waits until it says that it
  /// is ready. It is killed when the calling thread ends, so that thread must be the main one; call
  /// it before any other is started. Its standard error is ours.
  [[nodiscard]] static Result<std::unique_ptr<BackProcess>> start(
      const std::vector<std::string>& options, const EnvironmentMap& environment);
  /// Kills it if it still runs.
  ~BackProcess();
  BackProcess(const BackProcess&) = delete;
  BackProcess& operator=(const BackProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// SIGTERM: it finishes its calls and flushes. Does not wait.
  void ask_to_stop() noexcept;
  /// Waits for its end and gives its last words, and to `hear` the lines before them; kills it at
  /// `deadline`.
  [[nodiscard]] Result<SpanCounts> wait(SteadyTime deadline,
                                        const std::function<void(const std::string&)>& hear);

 private:
  BackProcess(pid_t pid, int output) : pid_(pid), output_(output) {}
  /// The next line, or what there is of it at the end of output or at the deadline.
  std::string read_line(SteadyTime deadline);
  /// Its exit status as waitpid has it.
  int reap();

  pid_t pid_;  // 0: reaped
  int output_;
  std::string read_ahead_;
  std::uint16_t port_ = 0;
};

}  // namespace tracetax
