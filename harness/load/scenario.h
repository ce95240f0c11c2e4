// What a scenario gives the load engine: ready-made requests and what a right answer looks like. A
// scenario is prepared once, before any timing; the hot loop sees only these plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/catalog.h"
#include "harness/core/error.h"
#include "harness/core/suite.h"

namespace tracetax {

/// Where a target listens.
struct Endpoint {
  std::string host = "127.0.0.1";
  int port = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// One request as bytes on the wire. The engine overwrites kTraceparentSize bytes at `traceparent_at`
/// with each request's own context: no search, no copy, the same size every time.
struct RequestTemplate {
  std::string bytes;
  std::size_t traceparent_at = 0;
  bool has_traceparent = true;
  bool is_head = false;             // the answer carries no body, whatever its headers say
};

/// Request k is requests[k % requests.size()].
struct PreparedScenario {
  std::vector<RequestTemplate> requests;
  int status_low = 200, status_high = 299;  // expected
  std::string body_contains;                // checked once, before timing; empty: anything
};

/// Builds the requests of `spec` for `endpoint`. `send_traceparent` false: header-less requests, so that
/// the target decides about sampling. Errors name the suite key.
using PrepareScenario = Result<PreparedScenario> (*)(const ScenarioSpec& spec, const Endpoint& endpoint,
                                                     bool send_traceparent);

}  // namespace tracetax
