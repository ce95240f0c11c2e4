// daprd beside the called application, the third of the four processes of dapr.cc: stream
// interceptors for the context and the metric, access control, and the call to the application's
// HTTP channel, whose answer goes back through a pipe by a goroutine of its own.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/dapr.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_dapr_peer() {
  using enum ExchangeValue;
  TraceRecord record = daprd_record(SpanKind::server, SpanName::path, "CallLocal/bench");
  record.at_end = {
      {"rpc.service", fixed, "ServiceInvocation"},
      {"dapr.invoke_method", path},
      {"dapr.protocol", fixed, "grpc"},
      {"dapr.api", fixed, "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream"}};
  record.injects_into_calls = true;
  record.passes_on = kW3c;
  return {.name = "dapr-peer",
          .models = "daprd v1.18.3 beside the called application; started by dapr-sidecar",
          .pipeline = RpcPipeline{.wire = RpcWire::dapr,
                                  .stages =
                                      {
                                          TraceSpec{std::move(record)},
                                          daprd_metric(),
                                          GuardsSpec{.guards = {Guard::acl}},
                                          HeaderCopiesSpec{},
                                          HandoffSpec{.times = 2},
                                          CallSpec{.wire = CallWire::http},
                                      }},
          .back = "dapr-app",
          .role = "peer"};
}

}  // namespace tracetax
