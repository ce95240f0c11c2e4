// dubbo-go v3.3.2, Triple as gRPC clients speak it: a handler per procedure, attachments from the
// headers, then the provider's filters from left to right (echo, token, accesslog, tps,
// generic_service, execute, pshutdown: each one a look at the invocation unless it is configured),
// the trace filter last, so innermost: its span covers the handler alone. 3 attributes at the
// start, named by the bare method, status Ok. Triple's unary form (bare body) is not served: its
// clients use gRPC framing by default. Sources: protocol/triple/, filter/*, otel/trace/,
// common/constant/key.go.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/dubbo_go.h"

namespace tracetax {

TraceRecord dubbo_record(SpanKind kind) {
  using enum ExchangeValue;
  return {
      .scope_name = "dubbo.apache.org/dubbo-go/v3/filter/otel/trace",
      .scope_version = "3.3.2",
      .kind = kind,
      .name = SpanName::method,
      .at_start = {{"rpc.system", fixed, "apache_dubbo"},
                   {"rpc.service", service},
                   {"rpc.method", ExchangeValue::method}},
      .sets_ok = true,
      .error_from = 400,
      .propagators = Propagators{Propagator::trace_context},
  };
}

Framework make_dubbo_go() {
  return {.name = "dubbo-go",
          .models = "dubbo-go v3.3.2, Triple with gRPC framing, with its own otel filter",
          .pipeline = RpcPipeline{
              .wire = RpcWire::grpc,
              .stages = {
                  RpcRouteSpec{.lookup = MethodLookup::flat},
                  RoutedSpec{},
                  HeaderCopiesSpec{},
                  CodecSpec{.kind = CodecKind::protobuf},
                  GuardsSpec{.guards = {Guard::echo, Guard::token, Guard::accesslog, Guard::tps,
                                        Guard::generic, Guard::execute, Guard::shutdown}},
                  TraceSpec{dubbo_record(SpanKind::server)},
                  ApplicationSpec{},
              }}};
}

}  // namespace tracetax
