// One service of a topology as an object: its routes' steps with all that they need, in this
// process. The steps of a topology are data; here they are done.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/core/topology/topology.h"
#include "targets/engine/worker_pool.h"
#include "targets/frameworks/clients.h"
#include "targets/legs/leg.h"
#include "targets/program/found_instances.h"
#include "targets/program/peer.h"
#include "targets/program/step_walk.h"
#include "targets/program/topology_framework.h"
#include "targets/service/service.h"
#include "targets/stages/govern/limit_token.h"
#include "targets/work/work.h"

namespace tracetax {

/// What a service is made of.
struct ProgramSpec {
  Topology topology;
  std::string service;
  unsigned instance = 1;                                  // from 1
  std::map<std::string, std::vector<GrpcAddress>> peers;  // of each service that is called
  std::map<std::string, std::unique_ptr<Store>> stores;   // those that the steps name
  std::map<std::string, std::unique_ptr<Broker>> brokers;
  std::map<std::string, std::unique_ptr<Registry>> registries{};
};

/// Calls `see` with every step, those inside of others and of branches too.
void for_each_step(const Steps& steps, const std::function<void(const Step&)>& see);
/// The same for all steps of a service.
void for_each_step(const ServiceTopology& service, const std::function<void(const Step&)>& see);
/// Usage error with a did-you-mean.
[[nodiscard]] Result<const ServiceTopology*> find_service(const Topology& topology,
                                                          std::string_view name);

/// Any thread.
class Program {
 public:
  /// `tracer` must outlive it. Usage error: an instance that is not there, a service without an
  /// address, a work that is unknown or has a mistake; all of them at once.
  [[nodiscard]] static Result<std::unique_ptr<Program>> make(ProgramSpec spec, Tracer& tracer);

  /// Does the steps. `walk.parent` must be of this tracer.
  [[nodiscard]] StepEnd run(const Steps& steps, StepWalk& walk) const;

  /// The framework with this service's routes, and what stands in its handler's place. Both refer
  /// to this.
  [[nodiscard]] Framework framework() const;
  [[nodiscard]] MakeHandler handler() const;

  [[nodiscard]] const ProgramSpec& spec() const { return spec_; }
  [[nodiscard]] const ServiceTopology& service() const { return *service_; }
  [[nodiscard]] Broker& broker(const std::string& name) const { return *spec_.brokers.at(name); }
  [[nodiscard]] Tracer& tracer() const { return tracer_; }
  /// Of all works, in the order of the steps.
  [[nodiscard]] std::vector<Invariant> invariants() const;
  /// Routes with their steps, clients and legs, a line each.
  [[nodiscard]] std::vector<std::string> describe() const;

 private:
  Program(ProgramSpec spec, Framework framework, Tracer& tracer);
  Status prepare();
  Result<BackPlaces> places_of(const std::string& callee);
  void prepare_step(const Step& step, std::vector<std::string>& wrong);
  StepEnd take(const Branch& branch, StepWalk& walk) const;
  StepEnd after_leg(const LegResult& result, const std::optional<Branch>& none,
                    StepWalk& walk) const;

  StepEnd run_list(std::span<const Step> steps, StepWalk& walk) const;
  StepEnd run_span(const SpanStep& step, StepWalk& walk, std::unique_ptr<Span>& shadow) const;
  StepEnd run(const CallStep& step, StepWalk& walk) const;
  StepEnd run(const ParallelStep& step, StepWalk& walk) const;
  StepEnd run(const SqlStep& step, StepWalk& walk) const;
  StepEnd run(const StoreStep& step, StepWalk& walk) const;
  StepEnd run(const PublishStep& step, StepWalk& walk) const;
  StepEnd run(const LimitStep& step, StepWalk& walk) const;
  StepEnd run(const WorkStep& step, StepWalk& walk) const;
  StepEnd run(const SpinStep& step, StepWalk& walk) const;
  StepEnd run(const AllocStep& step, StepWalk& walk) const;
  StepEnd run(const SleepStep& step, StepWalk& walk) const;
  static StepEnd run(const AnswerStep& step, StepWalk& walk);

  ProgramSpec spec_;
  const Framework framework_;
  Tracer& tracer_;
  const ServiceTopology* service_ = nullptr;
  double slower_ = 1;  // factor on spinning and sleeping
  std::vector<RouteProgram> routes_;
  std::map<std::string, FoundInstances> found_;  // of services that a registry is asked for
  std::map<std::string, std::unique_ptr<Peer>> peers_;
  // Of steps that have a state, by their address.
  std::unordered_map<const WorkStep*, std::unique_ptr<Work>> works_;
  std::vector<const Work*> works_in_order_;
  std::unordered_map<const LimitStep*, std::unique_ptr<TokenBucket>> limits_;
  mutable WorkerPool threads_;  // of parallel steps; goes first, as its jobs use the rest
};

}  // namespace tracetax
