// Stage `pick`: chooses the address of the next call by a framework's balancer, passes the request
// on, and tells the balancer how it went. The choice stands in Exchange::upstream, where the stage
// `call` sees it. It chooses among what a discovery stage found; where that changes, a new balancer
// begins, as in the frameworks. Without discovery, among its own addresses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "targets/request/stage.h"

namespace tracetax {

enum class Balancer {
  p2c_gozero,
  p2c_kratos,
  wrr_kratos,
  wrr_kitex,
  round_robin,
  round_robin_tars,  // with its fail counters
  random_weighted,   // dubbo-go; go-micro with equal weights
  first,             // grpc-go's pick_first
};

struct PickSpec {
  Balancer balancer = Balancer::round_robin;
  std::vector<std::string> addresses = {};
  /// One per address, above 0; empty: all equal, at 100 (kratos' and dubbo-go's default). The P2C
  /// balancers look at none.
  std::vector<int> weights = {};
};
/// Without addresses it answers 503 itself. Missing weights count as 100, those below 1 as 1.
[[nodiscard]] StagePointer make_stage(const PickSpec& spec);

/// By its name, as a topology gives it: "p2c_gozero", "round_robin". Usage error: the names that
/// there are.
[[nodiscard]] Result<Balancer> balancer_from(std::string_view name);

}  // namespace tracetax
