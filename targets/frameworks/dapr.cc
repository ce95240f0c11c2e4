// dapr: Dapr v1.18.3 service invocation as what it is, four processes: an application, its sidecar,
// the other application's sidecar (the peer), and that application. Three hops: HTTP/1.1, a gRPC
// stream of messages, HTTP/1.1; each sidecar takes the request apart and puts it together again,
// and copies its headers twice: into or out of the messages, which the call itself does, and once
// more. The applications trace nothing and pass the context's headers on. The sidecar's span is a
// CLIENT of 9 attributes, its peer's a SERVER of 4, all text, made only if the span records.
// Between the sidecars the context goes as grpc-trace-bin, traceparent and tracestate, and baggage
// beside it. Each process starts the next one, is named in /proc/PID/comm by its target, and its
// service by its role. Names are resolved from a cache of 20 s, as the mDNS resolver has it, though
// nobody is asked; mTLS and the API log are off. Sources: pkg/api/http/,
// pkg/messaging/direct_messaging.go, pkg/channel/http/, pkg/diagnostics/{http,grpc}_tracing.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/dapr.h"

#include "targets/service/framework.h"

namespace tracetax {

Framework make_dapr() {
  return {
      .name = "dapr",
      .models = "an application in front of Dapr v1.18.3's service invocation",
      .pipeline =
          HttpPipeline{{dapr_application_route(),
                        CallSpec{.wire = CallWire::http,
                                 .path_prefix = "/v1.0/invoke/bench/method",
                                 .forwards_headers = {"traceparent", "tracestate", "baggage"}}}},
      .back = "dapr-sidecar",
      .spans_per_request = 2};  // of the two sidecars
}

}  // namespace tracetax
