// Two go-micro services (gomicro.cc), the first of which calls the second. NewClientWrapper and
// NewCallWrapper together make two CLIENT spans per call; a registry's cache, random selector, up
// to 5 retries, pool of 100, two goroutines and a 5 s timer per call. Sources:
// client/{rpc_client,retry,backoff}.go, registry/cache/, selector/, util/pool/.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "targets/frameworks/gomicro.h"
#include "targets/service/framework.h"

namespace tracetax {

/// In the order of Client.Call: its wrapper, the selector, then for each attempt a goroutine, a
/// node, the call's wrapper, a goroutine for the exchange, and the connection.
StageSpecs gomicro_client() {
  return {
      TraceSpec{gomicro_record(SpanKind::client)},
      DiscoverySpec{.rules = {.subset = Subset::whole, .ttl = std::chrono::minutes(1)}},
      RetrySpec{.retries = 5,
                .backoff = Backoff::exponential,
                .interval = std::chrono::milliseconds(100),
                .on_status = {408, 504}},
      HandoffSpec{},
      PickSpec{.balancer = Balancer::random_weighted},
      TraceSpec{gomicro_record(SpanKind::client)},
      HandoffSpec{},
      TimerSpec{.deadline = std::chrono::seconds(5)},
      CallSpec{.wire = CallWire::micro, .pool = {.kind = PoolKind::age, .idle_per_address = 100}}};
}

Framework make_gomicro_chain() {
  StageSpecs stages = gomicro_server();
  for (StageSpec& client : gomicro_client()) stages.push_back(std::move(client));
  return {.name = "gomicro-chain",
          .models = "two services on go-micro v5.30.0",
          .pipeline = HttpPipeline{std::move(stages)},
          .back = "gomicro-chain-back",
          .spans_per_request = 4};  // the client makes two
}

Framework make_gomicro_chain_back() {
  Framework back = make_gomicro();
  back.name = "gomicro-chain-back";
  back.models = "the second service of gomicro-chain";
  back.role = "back";
  return back;
}

}  // namespace tracetax
