// Signals, heard on a thread of their own: the server's loops may be held up by a span that is
// exported synchronously to a receiver that does not answer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "targets/tracing/exporter.h"

namespace tracetax {

class SignalWatch {
 public:
  /// `stop` gets the time of the first SIGTERM or SIGINT, `report` is for each SIGUSR1; both on the
  /// watch's thread. The server hears the first two as well.
  SignalWatch(std::function<void(SteadyTime)> stop, std::function<void()> report);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// When that first signal came. Any thread.
  [[nodiscard]] std::optional<SteadyTime> stopped_at() const;

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace tracetax
