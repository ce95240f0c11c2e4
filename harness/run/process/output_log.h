// What a child process wrote to its standard output and error: an anonymous file in memory that the
// child appends to without ever waiting for us. Its memory is bounded: the keeper (keeper.h) gives
// back all but the last part of it while the child runs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/core/text/error.h"

namespace tracetax {

class OutputLog {
 public:
  [[nodiscard]] static Result<OutputLog> make();
  OutputLog(OutputLog&& other) noexcept;
  OutputLog& operator=(OutputLog&& other) noexcept;
  ~OutputLog();

  /// The last `bytes` bytes written, or all there is.
  [[nodiscard]] std::string tail(std::size_t bytes) const;
  /// Bytes written since the start, given back or not.
  [[nodiscard]] std::uint64_t written() const;
  /// Gives back the memory of everything but the last `keep` bytes. Never fails.
  void trim(std::size_t keep);
  /// For the child to append to; still owned here.
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  explicit OutputLog(int fd) : fd_(fd) {}
  int fd_ = -1;
  std::int64_t trimmed_to_ = 0;
};

/// Gives back the memory of a log from `from` up to its last `keep` bytes; the returned offset is
/// the next call's `from`. System calls only: fit to be called between fork and exec.
std::int64_t trim_log_file(int fd, std::int64_t from, std::int64_t keep) noexcept;

}  // namespace tracetax
