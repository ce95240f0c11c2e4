// Frameworks with limits that their users turn on, each at its own place in the pipeline. gin: a
// middleware of golang.org/x/time/rate behind the instrumentation. Kitex: server.WithLimit, whose
// handlers run before anything is decoded and before the tracer starts, so that what is refused
// leaves no span. dubbo-go: the tps filter where it always stands, and the adaptive service's
// filter (padasvc) behind pshutdown, both outside of the trace. Sources: kitex pkg/remote/bound/
// limiter_inbound.go v0.16.3; dubbo-go filter/tps/filter.go, filter/adaptivesvc/filter.go v3.3.2.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "targets/service/framework.h"

namespace tracetax {

Framework make_gin();
Framework make_kitex_thrift();
Framework make_dubbo_go();

namespace {

template <typename Spec>
StageSpecs::iterator place_of(StageSpecs& stages) {
  return std::ranges::find_if(
      stages, [](const StageSpec& stage) { return std::holds_alternative<Spec>(stage); });
}

}  // namespace

Framework make_gin_limited() {
  Framework framework = make_gin();
  framework.name = "gin-limited";
  framework.models = "gin v1.12.0 with a token bucket of 10000/s (golang.org/x/time/rate)";
  StageSpecs& stages = std::get<HttpPipeline>(framework.pipeline).stages;
  stages.insert(place_of<UsersSpec>(stages), LimitTokenSpec{});
  return framework;
}

Framework make_kitex_thrift_limited() {
  Framework framework = make_kitex_thrift();
  framework.name = "kitex-thrift-limited";
  framework.models = "Kitex v0.16.3 over Thrift with WithLimit: 1000 connections, 10000/s";
  StageSpecs& stages = std::get<RpcPipeline>(framework.pipeline).stages;
  stages.insert(stages.begin(), {LatchSpec{.limit = 1000}, LimitQpsSpec{}});
  return framework;
}

Framework make_dubbo_go_limited() {
  Framework framework = make_dubbo_go();
  framework.name = "dubbo-go-limited";
  framework.models = "dubbo-go v3.3.2 with the tps filter (600000 a minute) and adaptive service";
  StageSpecs& stages = std::get<RpcPipeline>(framework.pipeline).stages;
  const auto filters = place_of<GuardsSpec>(stages);
  std::vector<Guard>& before = std::get<GuardsSpec>(*filters).guards;
  const auto tps = std::ranges::find(before, Guard::tps);
  GuardsSpec behind{.guards = {tps + 1, before.end()}};
  before.erase(tps, before.end());
  stages.insert(filters + 1, {LimitTpsSpec{}, std::move(behind), LimitClimbSpec{}});
  return framework;
}

}  // namespace tracetax
