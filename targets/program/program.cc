// SPDX-License-Identifier: Apache-2.0
#include "targets/program/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "harness/core/text/suggest.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

/// One job more than there are threads is done by who asks for it, so that nobody waits for a
/// thread that waits itself.
constexpr WorkerLimits kParallel{.threads = 256, .queue = 0};

void see_branch(const std::optional<Branch>& branch, const std::function<void(const Step&)>& see) {
  if (branch) for_each_step(branch->steps, see);
}

struct SeeInside {
  const std::function<void(const Step&)>& see;
  void operator()(const SpanStep& step) const { for_each_step(step.steps, see); }
  void operator()(const CallStep& step) const { see_branch(step.failed, see); }
  void operator()(const ParallelStep& step) const {
    for (const Steps& branch : step.branches) for_each_step(branch, see);
  }
  void operator()(const SqlStep& step) const { see_branch(step.none, see); }
  void operator()(const StoreStep& step) const { see_branch(step.none, see); }
  void operator()(const LimitStep& step) const { for_each_step(step.none.steps, see); }
  void operator()(const WorkStep& step) const { see_branch(step.none, see); }
  template <typename Other>
  void operator()(const Other&) const {}
};

struct StepWords {
  std::string operator()(const SpanStep& step) const {
    return fmt::format("span {} [{}]", step.name, list(step.steps));
  }
  std::string operator()(const CallStep& step) const {
    return fmt::format("call {} {}", step.service, step.route);
  }
  std::string operator()(const ParallelStep& step) const {
    std::vector<std::string> all;
    for (const Steps& branch : step.branches) all.push_back(list(branch));
    return fmt::format("parallel [{}]", fmt::join(all, " | "));
  }
  std::string operator()(const SqlStep& step) const {
    return fmt::format("sql {} ({})", step.store, step.statements.size());
  }
  std::string operator()(const StoreStep& step) const {
    return fmt::format("store {} {}", step.store,
                       step.command.empty() ? "script" : step.command.front());
  }
  std::string operator()(const PublishStep& step) const {
    return fmt::format("publish {} {}", step.broker, step.to);
  }
  std::string operator()(const LimitStep& step) const {
    return fmt::format("limit {}/s", step.per_second);
  }
  std::string operator()(const WorkStep& step) const { return "work " + step.name; }
  std::string operator()(const SpinStep& step) const {
    return "spin " + format_duration(step.time);
  }
  std::string operator()(const AllocStep& step) const {
    return fmt::format("alloc {}", step.bytes);
  }
  std::string operator()(const SleepStep& step) const {
    return fmt::format("sleep {} to {}", format_duration(step.least), format_duration(step.most));
  }
  std::string operator()(const AnswerStep& step) const {
    return fmt::format("answer {}", step.status);
  }
  static std::string list(const Steps& steps) {
    std::vector<std::string> all;
    for (const Step& step : steps) all.push_back(std::visit(StepWords{}, step.what));
    return fmt::format("{}", fmt::join(all, ", "));
  }
};

}  // namespace

void for_each_step(const Steps& steps, const std::function<void(const Step&)>& see) {
  for (const Step& step : steps) {
    see(step);
    std::visit(SeeInside{see}, step.what);
  }
}

void for_each_step(const ServiceTopology& service, const std::function<void(const Step&)>& see) {
  for (const auto& [route, steps] : service.routes) for_each_step(steps, see);
  for (const ConsumerSpec& consumer : service.consumers) for_each_step(consumer.steps, see);
}

Result<const ServiceTopology*> find_service(const Topology& topology, std::string_view name) {
  std::vector<std::string> known;
  for (const ServiceTopology& service : topology.services) {
    if (service.name == name) return &service;
    known.push_back(service.name);
  }
  return failure(ExitCode::usage, unknown_name("service", name, known));
}

Program::Program(ProgramSpec spec, Framework framework, Tracer& tracer)
    : spec_(std::move(spec)),
      framework_(std::move(framework)),
      tracer_(tracer),
      threads_(kParallel) {}

Result<std::unique_ptr<Program>> Program::make(ProgramSpec spec, Tracer& tracer) {
  const auto service = find_service(spec.topology, spec.service);
  if (!service) return failure(service.error());
  const auto make = find_in_catalog(framework_catalog(), "target", (*service)->framework);
  if (!make) return failure(make.error());
  std::unique_ptr<Program> program(new Program(std::move(spec), (*make)(), tracer));
  if (auto status = program->prepare(); !status) return failure(status.error());
  return program;
}

Status Program::prepare() {
  service_ = *find_service(spec_.topology, spec_.service);
  std::vector<std::string> wrong;
  if (const auto wire = client_wire(framework_); !wire) wrong.push_back(wire.error().message);
  if (spec_.instance < 1 || spec_.instance > service_->instances.size()) {
    wrong.push_back(fmt::format("--instance {}: '{}' has {}", spec_.instance, service_->name,
                                service_->instances.size()));
  } else {
    slower_ = service_->instances[spec_.instance - 1].slower;
  }
  for_each_step(*service_, [&](const Step& step) { prepare_step(step, wrong); });
  if (!wrong.empty()) return failure(ExitCode::usage, fmt::format("{}", fmt::join(wrong, "\n")));
  for (const auto& [text, steps] : service_->routes) routes_.push_back({text, &steps});
  return {};
}

Result<BackPlaces> Program::places_of(const std::string& callee) {
  const auto given = spec_.peers.find(callee);
  if (given == spec_.peers.end() || given->second.empty()) {
    return failure(ExitCode::usage,
                   fmt::format("no address of '{}', which '{}' calls: --peer {}=HOST:PORT", callee,
                               service_->name, callee));
  }
  const std::string& asked = service_->calls.registry;
  if (asked.empty()) return BackPlaces{given->second, {}};
  const auto registry = spec_.registries.find(asked);
  if (registry == spec_.registries.end()) {
    return failure(
        ExitCode::usage,
        fmt::format("no address of the registry '{}': --leg {}=HOST:PORT", asked, asked));
  }
  const auto found = found_.try_emplace(callee, *registry->second, callee).first;
  return BackPlaces{given->second, found->second.resolve()};
}

void Program::prepare_step(const Step& step, std::vector<std::string>& wrong) {
  if (const auto* call = std::get_if<CallStep>(&step.what)) {
    if (peers_.contains(call->service)) return;
    const auto callee = find_service(spec_.topology, call->service);
    if (!callee) return wrong.push_back(callee.error().message);
    const auto places = places_of(call->service);
    if (!places) return wrong.push_back(places.error().message);
    const auto make = find_in_catalog(framework_catalog(), "target", (*callee)->framework);
    if (!make) return wrong.push_back(make.error().message);
    const auto wire = client_wire((*make)());
    if (!wire) return wrong.push_back(wire.error().message);
    auto peer = Peer::make(*service_, **callee, *wire, *places, tracer_);
    if (!peer) return wrong.push_back(peer.error().message);
    peers_[call->service] = std::move(*peer);
  }
  if (const auto* limit = std::get_if<LimitStep>(&step.what)) {
    const LimitTokenSpec spec{.rate = limit->per_second, .burst = limit->burst};
    limits_[limit] = std::make_unique<TokenBucket>(spec, steady_nanos());
  }
  if (const auto* work = std::get_if<WorkStep>(&step.what)) {
    const auto make = find_in_catalog(work_catalog(), "work", work->name);
    if (!make) return wrong.push_back(make.error().message);
    Mistakes mistakes(fmt::format("work '{}'", work->name));
    const JsonSource::Json nothing = JsonSource::Json::object();
    JsonFields fields(work->with.is_null() ? nothing : work->with, "", mistakes);
    auto made = (*make)(fields);
    fields.finish();
    if (!mistakes.empty() || made == nullptr) {
      return wrong.push_back(mistakes.empty() ? work->name : mistakes.error().message);
    }
    works_in_order_.push_back(made.get());
    works_[work] = std::move(made);
  }
}

std::vector<Invariant> Program::invariants() const {
  std::vector<Invariant> all;
  for (const Work* work : works_in_order_) {
    for (Invariant& one : work->invariants()) all.push_back(std::move(one));
  }
  return all;
}

Framework Program::framework() const {
  return framework_for(framework_, *client_wire(framework_), routes_);
}

std::vector<std::string> Program::describe() const {
  std::vector<std::string> lines;
  for (const RouteProgram& route : routes_) {
    lines.push_back(fmt::format("{}: {}", route.text, StepWords::list(*route.steps)));
  }
  for (const ConsumerSpec& consumer : service_->consumers) {
    lines.push_back(fmt::format("from {} {}: {}", consumer.broker, consumer.from,
                                StepWords::list(consumer.steps)));
  }
  for (const auto& [name, peer] : peers_) {
    lines.push_back(fmt::format("calls of {}: {}", name, fmt::join(peer->describe(), "; ")));
  }
  for (const auto& [name, store] : spec_.stores) {
    lines.push_back(fmt::format("{}: {}", name, store->describe()));
  }
  for (const auto& [name, broker] : spec_.brokers) {
    lines.push_back(fmt::format("{}: {}", name, broker->describe()));
  }
  return lines;
}

StepEnd Program::run(const Steps& steps, StepWalk& walk) const { return run_list(steps, walk); }

StepEnd Program::run_list(std::span<const Step> steps, StepWalk& walk) const {
  const Span* const outer = walk.parent;
  std::vector<std::unique_ptr<Span>> shadows;  // what follows stands under the last one
  StepEnd end;
  for (const Step& step : steps) {
    end = std::visit(
        [&](const auto& what) {
          if constexpr (std::is_same_v<decltype(what), const SpanStep&>) {
            std::unique_ptr<Span> shadow;
            StepEnd inner = run_span(what, walk, shadow);
            if (shadow) {
              walk.parent = shadow.get();
              shadows.push_back(std::move(shadow));
            }
            return inner;
          } else {
            return run(what, walk);
          }
        },
        step.what);
    if (!end.goes_on()) break;
  }
  walk.parent = outer;
  return end;
}

// Go's `ctx, span := tracer.Start(ctx, ...)`, where ctx is the outer variable or a new one.
StepEnd Program::run_span(const SpanStep& step, StepWalk& walk,
                          std::unique_ptr<Span>& shadow) const {
  if (walk.parent == nullptr) return run_list(step.steps, walk);
  const Span* const outer = walk.parent;
  auto span =
      std::make_unique<Span>(tracer_.start_child_span(step.name, SpanKind::internal, *outer, {}));
  walk.parent = span.get();
  StepEnd end = run_list(step.steps, walk);
  walk.parent = outer;
  span->end();
  const bool shadows = tracer_.faults().has(TracingFault::ctx_shadow);
  for (int i = 0; i < std::max(step.late_attributes, shadows ? 1 : 0); ++i) {
    span->set_attributes({{"step.result", std::string("done")}});
  }
  if (step.shadows_context || shadows) shadow = std::move(span);
  return end;
}

StepEnd Program::take(const Branch& branch, StepWalk& walk) const {
  walk.labels.push_back(branch.label);
  StepEnd end = run_list(branch.steps, walk);
  if (!end.goes_on() || !branch.answer) return end;
  return answered(*branch.answer);
}

StepEnd Program::run(const AnswerStep& step, StepWalk&) { return answered(step.status); }

}  // namespace tracetax
