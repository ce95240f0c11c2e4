// How the status of an exchange, which is HTTP's, is spelled where the answer is not HTTP.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tracetax {

/// What a shedder of RPCs answers. For breakers around it, it is an error of the server; as a gRPC
/// code it is RESOURCE_EXHAUSTED.
inline constexpr unsigned kOverloaded = 529;

/// The gRPC code (a number of grpc::StatusCode) for an HTTP status. What sheds load says 503 for
/// UNAVAILABLE and 429 for RESOURCE_EXHAUSTED; a deadline that passed is 504, or go-zero's 499 when
/// the client went away.
[[nodiscard]] constexpr std::int64_t grpc_code_of(unsigned status) noexcept {
  switch (status) {
    case 400:
      return 3;  // INVALID_ARGUMENT
    case 401:
      return 16;  // UNAUTHENTICATED
    case 403:
      return 7;  // PERMISSION_DENIED
    case 404:
      return 12;  // UNIMPLEMENTED: there is no such method
    case 409:
      return 10;  // ABORTED
    case 429:
      return 8;  // RESOURCE_EXHAUSTED
    case 499:
      return 1;  // CANCELLED
    case 501:
      return 12;
    case 503:
      return 14;  // UNAVAILABLE
    case 504:
      return 4;  // DEADLINE_EXCEEDED
    case kOverloaded:
      return 8;
    default:
      return status < 400 ? 0 : 13;  // INTERNAL
  }
}

/// The HTTP status that stands for a gRPC code, the other way round.
[[nodiscard]] constexpr unsigned status_of_grpc_code(std::int64_t code) noexcept {
  switch (code) {
    case 0:
      return 200;
    case 1:
      return 499;
    case 3:
      return 400;
    case 4:
      return 504;
    case 7:
      return 403;
    case 8:
      return 429;
    case 10:
      return 409;
    case 12:
      return 404;
    case 14:
      return 503;
    case 16:
      return 401;
    default:
      return 500;
  }
}

}  // namespace tracetax
