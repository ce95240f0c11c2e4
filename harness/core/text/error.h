// Errors of operation (bad input, a target that fails) as values; programmer errors are asserts.
// Every error knows the exit code that the program must end with, so nothing has to guess later.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace tracetax {

/// The process exit codes. Stable: scripts and CI jobs rely on them.
enum class ExitCode {
  pass = 0,
  fail = 1,
  usage = 2,  // bad options, bad suite, missing file
  inconclusive = 3,
  invalid = 4,   // measured, but a validity rule failed, or nothing could be measured
  baseline = 5,  // a stored result that cannot be used
  internal = 70,
  interrupted = 130,
  terminated = 143,
};

/// What went wrong. `message` names the input, what was wrong and what would be right; several
/// mistakes found at once are separated by newlines.
struct Error {
  ExitCode code = ExitCode::usage;
  std::string message;

  /// The same error with the place it happened in front: "block 4, arm on@1%: ...".
  [[nodiscard]] Error within(std::string_view context) const {
    return {code, fmt::format("{}: {}", context, message)};
  }
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// Shorthand for returning an error: `return failure(ExitCode::usage, "--rate: ...")`.
[[nodiscard]] inline tl::unexpected<Error> failure(ExitCode code, std::string message) {
  return tl::unexpected<Error>{Error{code, std::move(message)}};
}
[[nodiscard]] inline tl::unexpected<Error> failure(Error error) {
  return tl::unexpected<Error>{std::move(error)};
}

}  // namespace tracetax
