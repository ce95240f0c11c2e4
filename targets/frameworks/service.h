// A framework made into a service that can listen: its pipeline as objects, on the server it runs on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "targets/frameworks/framework.h"
#include "targets/stages/grpc_trace.h"
#include "targets/stages/server.h"
#include "targets/stages/work.h"

namespace tracetax {

struct ServiceOptions {
  WorkSpec work{};
  RpcConvention convention = RpcConvention::current;  // of gRPC
  GrpcAddress back{};                                 // where the service behind listens, if any
  bool drops_propagation = false;                     // towards the service behind
};

class Service {
 public:
  virtual ~Service() = default;
  /// The service must outlive the server.
  [[nodiscard]] virtual Result<std::unique_ptr<Server>> listen(const ServerOptions& options) const = 0;
  /// The pipeline in order, one line each.
  [[nodiscard]] virtual std::vector<std::string> describe() const = 0;
};

/// In the state `absent` the instrumentation is left out. `tracer` must outlive the service.
[[nodiscard]] std::unique_ptr<Service> make_service(const Framework& framework,
                                                    const ServiceOptions& options, Tracer& tracer);

/// What --explain prints: the name and the numbered pipeline.
[[nodiscard]] std::string explain(const Framework& framework, const Service& service);

/// The stages of an HTTP pipeline as objects; injected work, if there is any, comes right before the
/// handler. `tracer` must outlive the chain.
[[nodiscard]] Chain build_chain(const HttpPipeline& pipeline, const WorkSpec& work, Tracer& tracer);

}  // namespace tracetax
