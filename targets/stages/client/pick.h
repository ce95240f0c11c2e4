// Stage `pick`: chooses the address of the next call by a framework's balancer, passes the request
// on, and tells the balancer how it went. Connects to nothing; the choice stands in
// Exchange::upstream.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

enum class Balancer {
  p2c_gozero,
  p2c_kratos,
  wrr_kratos,
  wrr_kitex,
  round_robin,
  random_weighted,  // dubbo-go; go-micro with equal weights
  first,            // grpc-go's pick_first
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

}  // namespace tracetax
