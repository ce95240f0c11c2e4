// Setup of a store by one of the services that use it, and the wait for a store that is about to
// start.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

#include "harness/core/text/error.h"

namespace tracetax {

inline constexpr std::chrono::seconds kStartLimit{10};
/// For a schema and what stands in its tables.
inline constexpr std::chrono::seconds kSetupLimit{60};

/// Tries until it succeeds or `limit` is over; then it has failed as the last try did.
template <typename Try>
[[nodiscard]] auto try_for(std::chrono::seconds limit, Try&& attempt) -> decltype(attempt()) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    auto done = attempt();
    if (done || std::chrono::steady_clock::now() >= deadline) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// For stores without locks. `claim` is true for the one that has to do it (Result<bool>), `run`
/// does it and says in the store that it is done (Status), and `is_done` looks there
/// (Result<bool>).
template <typename Claim, typename Run, typename IsDone>
[[nodiscard]] Status set_up_once(Claim&& claim, Run&& run, IsDone&& is_done) {
  Result<bool> mine = claim();
  if (!mine) return failure(mine.error());
  if (*mine) return run();
  return try_for(kSetupLimit, [&]() -> Status {
    Result<bool> done = is_done();
    if (!done) return failure(done.error());
    if (!*done) return failure(ExitCode::invalid, "another service has not ended its setup");
    return {};
  });
}

}  // namespace tracetax
