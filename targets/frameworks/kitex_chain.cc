// kitex-chain: two Kitex services over Thrift, two processes; the first one's Echo is a call of the
// second. A sampled request has three spans. The client's middleware returns early where its span
// does not record, so the decision not to sample is not passed on (nor is TTHeader used then) and
// the second service decides again, as the root of a trace of its own: orphan roots at the
// sampler's rate. The client's span has the 8 events of its own side. Client: the
// resolver's result, cached and renewed every 5 s, weighted round robin over its one address, LIFO
// pool of 10 connections. Sources: client/client.go, pkg/loadbalance/lbcache/cache.go,
// pkg/remote/connpool/long_pool.go; tracing/tracer_client.go, middleware.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/cloudwego.h"
#include "targets/frameworks/kitex.h"
#include "targets/service/framework.h"

namespace tracetax {

StageSpecs kitex_client() {
  TraceRecord client = kitex_record(
      SpanKind::client,
      stats_events({"client_conn_start", "client_conn_finish", "write_start", "write_finish"},
                   {"wait_read_start", "wait_read_finish", "read_start", "read_finish"}));
  client.call_headers = {{"service.name", "bench"}};
  return {TraceSpec{std::move(client)}, GuardsSpec{.guards = {Guard::acl}},
          DiscoverySpec{.rules = {.subset = Subset::whole, .ttl = Nanos(0)},
                        .update_every = std::chrono::seconds(5)},
          PickSpec{.balancer = Balancer::wrr_kitex},
          CallSpec{.wire = CallWire::thrift,
                   .pool = {.kind = PoolKind::idle_time, .idle_per_address = 10}}};
}

Framework make_kitex_chain() {
  Framework front = kitex_server("kitex-chain", "two services on Kitex v0.16.3 over Thrift",
                                 RpcWire::kitex, CodecKind::thrift, kitex_thrift_events());
  StageSpecs& stages = std::get<RpcPipeline>(front.pipeline).stages;
  stages.pop_back();  // its application is the call
  for (StageSpec& client : kitex_client()) stages.push_back(std::move(client));
  front.back = "kitex-chain-back";
  front.spans_per_request = 3;
  return front;
}

Framework make_kitex_chain_back() {
  Framework back = kitex_server("kitex-chain-back", "the second service of kitex-chain",
                                RpcWire::kitex, CodecKind::thrift, kitex_thrift_events());
  back.role = "back";
  return back;
}

}  // namespace tracetax
