// Stage `retry`: keeps the request's body in a replay buffer and runs the rest of the chain again
// while it answers with a status worth another try. dapr's service invocation (3 more, each after 1
// s), dubbo's failover cluster (2 more, at once), go-micro's client (5 more, exponential). Sources:
// dapr pkg/resiliency v1.18.3, dubbo-go cluster/cluster/failover v3.3.2, go-micro client/backoff.go
// v5.30.0.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

enum class Backoff {
  fixed,        // `interval` before each retry
  exponential,  // go-micro's: floor(retry ^ e) * `interval`, two minutes from the 14th on
};

struct RetrySpec {
  int retries = 3;  // beside the first attempt
  Backoff backoff = Backoff::fixed;
  Nanos interval = std::chrono::seconds(1);           // go-micro: 100 ms; dubbo: 0
  std::size_t replay_bytes_max = 4 << 20;             // a larger body is sent once
  std::vector<unsigned> on_status = {502, 503, 504};  // go-micro: 408
  /// Called with each back-off. Null: nothing waits, because a stage that waits stops its whole
  /// event loop. Then an attempt follows the last one at once. That is harder on the service that
  /// is called than the framework is.
  void (*wait)(Nanos) = nullptr;
};
[[nodiscard]] StagePointer make_stage(const RetrySpec& spec);

/// How long to wait before the `retry`-th retry, counted from 1.
[[nodiscard]] Nanos backoff_before(const RetrySpec& spec, int retry);

}  // namespace tracetax
