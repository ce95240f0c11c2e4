// How calls and connections end, and what went wrong in a phase, counted by kind without naming anything
// until the end. One writer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/load/engine.h"

namespace tracetax {

/// The kinds that ErrorCounts documents, codes of the protocols apart.
enum class ErrorKind : std::uint8_t {
  connect, tls, reset, closed, closed_idle, connection_close, goaway, malformed, wrong_answer, timeout, unfinished
};

/// How a call ended: with a code of its protocol, or with an error that has none.
struct Ending {
  enum class Kind : std::uint8_t {
    status,        // code: of HTTP, 100 to 999
    grpc,          // code: grpc-status
    stream_reset,  // code: of HTTP/2, RST_STREAM
    error          // code: an ErrorKind
  };
  Kind kind = Kind::status;
  std::uint32_t code = 0;

  static Ending error(ErrorKind kind) noexcept { return {Kind::error, static_cast<std::uint32_t>(kind)}; }
};

class ErrorTally {
 public:
  void add(ErrorKind kind) noexcept { add(Ending::error(kind)); }
  void add(const Ending& ending) noexcept {
    ++total_;
    switch (ending.kind) {
      case Ending::Kind::status: ++statuses_[std::min<std::size_t>(ending.code, kStatuses - 1)]; break;
      case Ending::Kind::grpc: ++grpc_[std::min<std::size_t>(ending.code, kGrpcCodes - 1)]; break;
      case Ending::Kind::stream_reset: ++resets_[std::min<std::size_t>(ending.code, kHttp2Codes - 1)]; break;
      case Ending::Kind::error: ++kinds_[ending.code]; break;
    }
  }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] ErrorCounts named() const;

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ErrorKind::unfinished) + 1;
  static constexpr std::size_t kStatuses = 1000;
  static constexpr std::size_t kGrpcCodes = 18;   // 0 to 16, and what nobody defined
  static constexpr std::size_t kHttp2Codes = 15;  // 0 to 13, and the same

  std::array<std::uint64_t, kKinds> kinds_{};
  std::array<std::uint64_t, kStatuses> statuses_{};
  std::array<std::uint64_t, kGrpcCodes> grpc_{};
  std::array<std::uint64_t, kHttp2Codes> resets_{};
  std::uint64_t total_ = 0;
};

inline constexpr std::uint32_t kGrpcDeadlineExceeded = 4;

/// "UNAVAILABLE" for 14; "code_99" for what gRPC does not define.
[[nodiscard]] std::string grpc_code_name(std::uint32_t code);

}  // namespace tracetax
