// daprd beside the calling application, the second of the four processes of dapr.cc: its HTTP API's
// router, the largest body, trace, metric, CORS and token, then the invocation: metadata copied,
// the name resolved, and the call to the other sidecar with its retries.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/dapr.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_dapr_sidecar() {
  using enum ExchangeValue;
  TraceRecord record = daprd_record(SpanKind::client, SpanName::invocation, "CallLocal");
  record.at_end = {{"rpc.service", fixed, "ServiceInvocation"},
                   {"net.peer.name", fixed, "bench"},
                   {"dapr.protocol", fixed, "http"},
                   {"dapr.api", request_line},
                   {"dapr.status_code", status_code_text},
                   {"http.request.method", request_method},
                   {"url.full", url},
                   {"server.address", local_address},
                   {"server.port", local_port_text}};
  return {
      .name = "dapr-sidecar",
      .models = "daprd v1.18.3 beside the calling application; started by dapr",
      .pipeline = HttpPipeline{{
          RouteSpec{.router = RouterKind::radix,
                    .cleaning = PathCleaning::lookup,
                    .routes = daprd_routes()},
          GuardsSpec{.guards = {Guard::max_bytes}},
          TraceSpec{std::move(record)},
          daprd_metric(),
          GuardsSpec{.guards = {Guard::cors, Guard::token}},
          HeaderCopiesSpec{},
          DiscoverySpec{.rules = {.subset = Subset::whole, .ttl = std::chrono::seconds(20)}},
          PickSpec{.balancer = Balancer::random_weighted},
          HandoffSpec{.times = 2},
          DaprCallSpec{},
      }},
      .back = "dapr-peer",
      .role = "sidecar",
      .spans_per_request = 2,  // its own and its peer's
  };
}

}  // namespace tracetax
