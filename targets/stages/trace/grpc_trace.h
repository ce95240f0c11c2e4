// gRPC instrumentation as otelgrpc's stats handlers do it: one SERVER or CLIENT span per call,
// streams included, with no message events; a duration is recorded per call. Part of it makes its
// attributes even where nobody keeps them, as in Go. Not there in the state `absent`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/stages/metrics/metric.h"
#include "targets/stages/trace/propagation.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// Which of the semantic conventions for RPC the attributes follow.
enum class RpcConvention {
  current,  // rpc.method with the service in it, server.address, rpc.response.status_code: 5
  old,      // rpc.service and rpc.method, net.sock.peer.*, rpc.grpc.status_code: 6
  both
};
/// What "rpc/old" or "rpc/dup" in a list like OTEL_SEMCONV_STABILITY_OPT_IN asks for. The list is
/// about other conventions too, so what it does not know it skips.
[[nodiscard]] RpcConvention rpc_convention(std::string_view opt_in);
/// One of "rpc", "rpc/old" and "rpc/dup"; anything else is a usage error.
[[nodiscard]] Result<RpcConvention> parse_rpc_convention(std::string_view name);

/// One end of a connection.
struct GrpcAddress {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const GrpcAddress&, const GrpcAddress&) = default;
};
/// grpc++'s "ipv4:127.0.0.1:80" and "ipv6:%5B::1%5D:80".
[[nodiscard]] GrpcAddress parse_grpc_peer(std::string_view uri);

/// A call between start and end. Movable; one thread at a time.
struct TracedCall {
  Span span;
  SpanKind kind = SpanKind::server;
  std::string_view method;  // "bench.v1.Bench/Echo"
  const GrpcAddress* server = nullptr;
  std::chrono::steady_clock::time_point started;
};

class GrpcInstrumentation {
 public:
  /// `tracer` must outlive it.
  GrpcInstrumentation(Tracer& tracer, RpcConvention convention,
                      std::unique_ptr<Instrument> (*make_instrument)() = make_noop_instrument);

  /// Whether `peer` is looked at in the start functions; finding it out costs something.
  [[nodiscard]] bool wants_peer() const noexcept { return convention_ != RpcConvention::current; }

  /// `method` and `server` must outlive the call.
  [[nodiscard]] TracedCall start_server(std::string_view method, const HeaderSource& metadata,
                                        const GrpcAddress& server, const GrpcAddress& peer) const;
  [[nodiscard]] TracedCall start_client(std::string_view method, const Span& parent,
                                        const GrpcAddress& server) const;
  /// The metadata that takes a call's context on.
  void inject(const TracedCall& call, HeaderList& out) const {
    inject_context(propagators_, call.span.context(), call.span.carried().get(), out);
  }
  /// Status and end of the span, and the duration.
  void end(TracedCall& call, const grpc::Status& status) const;

  /// The spans in one line, for --explain.
  [[nodiscard]] std::string describe() const;

 private:
  [[nodiscard]] Attributes method_attributes(std::string_view method) const;
  [[nodiscard]] Attributes end_attributes(const GrpcAddress& server, const GrpcAddress& peer) const;
  void append_status(grpc::StatusCode code, Attributes& out) const;

  Tracer& tracer_;
  const Propagators propagators_;
  const RpcConvention convention_;
  const std::unique_ptr<Instrument> duration_;
};

}  // namespace tracetax
