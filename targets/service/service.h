// A framework made into a service that can listen: its pipeline as objects, on the server it runs
// on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "targets/engine/server.h"
#include "targets/service/build.h"
#include "targets/service/framework.h"
#include "targets/stages/application/work.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

struct ServiceOptions {
  WorkSpec work{};
  RpcConvention convention = RpcConvention::current;  // of gRPC
  GrpcAddress back{};                                 // where the service behind listens, if any
  bool drops_propagation = false;                     // towards the service behind
  // How many requests can be handled at once. 0: one per usable CPU, more where stages wait.
  unsigned threads = 0;
  MakeHandler handler{};  // in place of the framework's own; it may wait for others
};

class Service {
 public:
  virtual ~Service() = default;
  /// The service must outlive the server.
  [[nodiscard]] virtual Result<std::unique_ptr<Server>> listen(
      const ServerOptions& options) const = 0;
  /// The pipeline in order, one line each: first what comes before the chain, then the chain.
  [[nodiscard]] virtual std::vector<std::string> describe() const = 0;
};

/// In the state `absent` the instrumentation is left out. `tracer` must outlive the service.
[[nodiscard]] std::unique_ptr<Service> make_service(const Framework& framework,
                                                    const ServiceOptions& options, Tracer& tracer);

/// The name and the numbered pipeline.
[[nodiscard]] std::string explain(const Framework& framework, const Service& service);
/// What --explain prints: the same with what each stage costs, where the framework has a chain.
[[nodiscard]] Result<std::string> explain_costs(const Framework& framework,
                                                const ServiceOptions& options,
                                                const TracingConfig& config);

}  // namespace tracetax
