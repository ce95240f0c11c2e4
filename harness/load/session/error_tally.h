// How calls and connections end, and what went wrong in a phase, counted by kind without naming
// anything until the end. One writer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "harness/load/session/scenario.h"

namespace tracetax {

/// Errors by kind: "connect", "reset", "closed" (the connection ended before the answer was whole),
/// "malformed", "compressed" (a gRPC message, which nobody asked for), "not_protobuf" (one too),
///  "timeout", "unfinished" (not done at the drain deadline), "tls" (the handshake
/// failed, or what came was no TLS), "wrong_answer" (see AnswerCheck), "too_many_outcomes" (more
/// than 255 different X-Outcomes, or more requests than the phase has room for), "goaway" (the
/// server ended the connection that way, time after time), "status_500", "UNAVAILABLE"
/// (grpc-status), "rst_stream_CANCEL", "exception_UNKNOWN_METHOD" (Thrift and kitex-pb),
/// "tars_NO_FUNC" (its return codes), ...
using ErrorCounts = std::map<std::string, std::uint64_t>;

/// The kinds that ErrorCounts documents, codes of the protocols apart.
enum class ErrorKind : std::uint8_t {
  connect,
  tls,
  reset,
  closed,
  goaway,
  malformed,
  compressed,
  not_protobuf,
  wrong_answer,
  timeout,
  unfinished,
  too_many_outcomes
};

/// How a call ended: with a code of its protocol, or with an error that has none.
struct Ending {
  enum class Kind : std::uint8_t {
    status,        // code: of HTTP, 100 to 999
    grpc,          // code: grpc-status
    stream_reset,  // code: of HTTP/2, RST_STREAM
    reply,         // of an RPC; code: 0
    exception,     // code: of a Thrift or kitex-pb exception (a signed number)
    tars,          // code: iRet of Tars (a signed number)
    error          // code: an ErrorKind
  };
  Kind kind = Kind::status;
  std::uint32_t code = 0;

  static Ending error(ErrorKind kind) noexcept {
    return {Kind::error, static_cast<std::uint32_t>(kind)};
  }
};

class ErrorTally {
 public:
  void add(ErrorKind kind) noexcept { add(Ending::error(kind)); }
  void add(const Ending& ending) noexcept {
    ++total_;
    switch (ending.kind) {
      case Ending::Kind::status:
        ++statuses_[std::min<std::size_t>(ending.code, kStatuses - 1)];
        break;
      case Ending::Kind::grpc:
        ++grpc_[std::min<std::size_t>(ending.code, kGrpcCodes - 1)];
        break;
      case Ending::Kind::stream_reset:
        ++resets_[std::min<std::size_t>(ending.code, kHttp2Codes - 1)];
        break;
      case Ending::Kind::reply:
        break;  // is none
      case Ending::Kind::exception:
        ++exceptions_[std::min<std::size_t>(ending.code, kExceptions - 1)];
        break;
      case Ending::Kind::tars:
        ++tars_[std::min<std::size_t>(tars_place(ending.code), kTarsCodes - 1)];
        break;
      case Ending::Kind::error:
        ++kinds_[ending.code];
        break;
    }
  }
  void merge(const ErrorTally& other) noexcept;
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] ErrorCounts named() const;

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ErrorKind::too_many_outcomes) + 1;
  static constexpr std::size_t kStatuses = 1000;
  static constexpr std::size_t kGrpcCodes = 18;   // 0 to 16, and what nobody defined
  static constexpr std::size_t kHttp2Codes = 15;  // 0 to 13, and the same

  static constexpr std::size_t kExceptions = 12;  // 0 to 10, and the same
  static constexpr std::size_t kTarsCodes = 15;   // 0 to -12, -99, and the same

  static constexpr std::uint32_t tars_place(std::uint32_t code) noexcept {
    constexpr std::uint32_t kUnknown = 99, kPlaceOfUnknown = 13;
    const std::uint32_t place = 0 - code;
    if (place == kUnknown) return kPlaceOfUnknown;
    return place < kPlaceOfUnknown ? place : kPlaceOfUnknown + 1;
  }

  std::array<std::uint64_t, kKinds> kinds_{};
  std::array<std::uint64_t, kStatuses> statuses_{};
  std::array<std::uint64_t, kGrpcCodes> grpc_{};
  std::array<std::uint64_t, kHttp2Codes> resets_{};
  std::array<std::uint64_t, kExceptions> exceptions_{};
  std::array<std::uint64_t, kTarsCodes> tars_{};
  std::uint64_t total_ = 0;
};

inline constexpr std::uint32_t kGrpcDeadlineExceeded = 4;

/// "UNAVAILABLE" for 14; "code_99" for what gRPC does not define.
[[nodiscard]] std::string grpc_code_name(std::uint32_t code);
/// "CANCEL" for 8; "OTHER" for what HTTP/2 does not define.
[[nodiscard]] std::string_view http2_code_name(std::uint32_t code);
/// "UNKNOWN_METHOD" for 1; "code_99" for what Thrift does not define.
[[nodiscard]] std::string exception_name(std::uint32_t code);
/// "NO_FUNC" for -3; "ret_5" for what Tars does not define.
[[nodiscard]] std::string tars_code_name(std::uint32_t code);
/// How a right answer ends.
[[nodiscard]] Ending::Kind right_ending(Protocol protocol);

}  // namespace tracetax
