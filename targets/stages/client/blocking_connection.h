// A client's TCP connection to the service behind, used by blocking calls: stages that call another
// service wait for its answer on their own thread, as a goroutine does on its own stack.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// A peer that says nothing for so long has failed.
inline constexpr std::chrono::seconds kCallTimeout{5};

class BlockingConnection {
 public:
  [[nodiscard]] static Result<std::unique_ptr<BlockingConnection>> connect(
      const GrpcAddress& address);
  ~BlockingConnection();
  BlockingConnection(const BlockingConnection&) = delete;
  BlockingConnection& operator=(const BlockingConnection&) = delete;

  /// False: the connection is broken.
  [[nodiscard]] bool send(std::string_view bytes);
  /// Appends what has come, at least one byte. False: it is broken, closed, or nothing came in
  /// time, which ends at `deadline` by steady_nanos() at the latest (0: there is none).
  [[nodiscard]] bool receive(std::string& into, Nanos deadline = Nanos(0));

 private:
  explicit BlockingConnection(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace tracetax
