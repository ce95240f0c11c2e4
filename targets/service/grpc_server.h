// The connection engine under every emulated gRPC service: grpc++ with generic asynchronous calls,
// one completion queue and one thread per CPU that the process may use. Not the callback API, and
// no synchronous service: they add threads that take turns polling. Pinned to one CPU, one call at
// a time cost 61 us and seven context switches with them, and 51 us and one switch without. With a
// full CPU both cost about the same.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "harness/core/text/error.h"
#include "targets/engine/server.h"
#include "targets/request/grpc_handler.h"
#include "targets/stages/application/work.h"
#include "targets/stages/client/grpc_chain.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

class GrpcBack;

struct GrpcServerSpec {
  GrpcMethods methods;
  const Chain* chain = nullptr;  // answers what is not in `methods`, if there is one
  MakeChainHandler make_handler = make_chain_handler;  // of the chain
  bool waits = false;  // the chain waits for others: one call per loop at a time
  WorkSpec work;       // before the methods; a chain has its own stage for it
  const GrpcInstrumentation* instrumentation = nullptr;  // null: state absent
  GrpcBack* back = nullptr;                              // where forwarded calls go
};

class GrpcServer final : public Server {
 public:
  /// What `spec` points at must outlive the server. A taken port or a bad address is a usage error.
  [[nodiscard]] static Result<std::unique_ptr<GrpcServer>> listen(const ServerOptions& options,
                                                                  const GrpcServerSpec& spec);
  ~GrpcServer() override;

  [[nodiscard]] std::uint16_t port() const noexcept override;
  /// Calls get one second to end by themselves; streams that go on longer are cancelled.
  void run() override;
  void stop() override;

 private:
  struct Loops;
  explicit GrpcServer(std::unique_ptr<Loops> loops);
  std::unique_ptr<Loops> loops_;
};

}  // namespace tracetax
