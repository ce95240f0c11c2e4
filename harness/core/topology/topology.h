// A system of several services as plain data: docs/topologies.md has the document that it is read
// from. Each service stands behind the pipeline of an emulated framework, and each route has a
// small program of steps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/core/json/json_source.h"
#include "harness/core/text/units.h"

namespace tracetax {

struct Step;
using Steps = std::vector<Step>;

/// Where a request goes if a step does not end as hoped. The answer's header X-Outcome names the
/// labels of all the branches that a request took, in every service, so that its caller knows which
/// spans it left.
struct Branch {
  std::string label;               // unique in the topology; letters, digits, '_' and '-'
  Steps steps;                     // done then
  std::optional<unsigned> answer;  // after them the service answers with this status; none: it goes
                                   // on behind the step
};

/// "span": an INTERNAL span around `steps`.
struct SpanStep {
  std::string name;
  Steps steps;
  // Go's `ctx, span := tracer.Start(ctx, ...)` with the outer variable assigned: what follows this
  // step stands under its span, which has ended by then.
  bool shadows_context = false;
  int late_attributes = 0;  // set after its end: they vanish
};

/// "call": a request to another service of the topology, with this service's own client: CLIENT
/// span, context in the headers. It carries all values along; those of the answer are taken over.
struct CallStep {
  std::string service;
  std::string route;             // of that service, as it is written there
  Nanos deadline{0};             // 0: the client's own. The callee runs on when it has passed
  std::optional<Branch> failed;  // taken at a status from 400 and at the deadline; none: the caller
                                 // answers with the callee's status (504 at the deadline)
};

/// "parallel": each of the lists in a thread of its own; goes on when all have ended.
struct ParallelStep {
  std::vector<Steps> branches;
};

/// "sql": one statement, or several in a transaction, in a store of kind postgresql or mariadb.
/// {name} in the arguments stands for a value; in statements ? stands for the arguments in their
/// order.
struct SqlStep {
  std::string store;
  std::vector<std::string> statements;  // more than one: BEGIN, these, COMMIT
  std::vector<std::string> arguments;   // of all statements together
  std::string as;                       // value that the first column of the first row becomes
  int rows = 1;                         // of a multi-row INSERT: VALUES (...) so many times
  std::optional<Branch> none;           // taken if no row was returned, or none was changed
};

/// "store": a command of redis, mongodb or etcd, as words: ["GET", "user:{user}"]. For redis, a
/// `script` is sent by its hash (EVALSHA), with the first of `keys` arguments as keys.
struct StoreStep {
  std::string store;
  std::vector<std::string> command;
  std::string script;
  int keys = 0;
  std::string as;
  std::optional<Branch> none;  // taken at nil, 0, a negative number and no document
};

/// "publish": PRODUCER span, context in the message's headers. The message is all values as JSON.
struct PublishStep {
  std::string broker;
  std::string to;  // queue, topic or subject
};

/// "limit": a token bucket of this process. Without a token the branch is taken, before any wait.
struct LimitStep {
  double per_second = 0;
  double burst = 1;
  Branch none;
};

/// "work": a piece of domain work by its name in the catalog of works (targets/work), with its own
/// parameters, such as an order book or a hash chain. It makes no spans: a span step around it
/// does.
struct WorkStep {
  std::string name;
  JsonSource::Json with;
  std::optional<Branch> none;  // where the work says no
};

struct SpinStep {  // CPU time in this thread
  Nanos time{0};
};
struct AllocStep {  // written once, then freed
  std::uint64_t bytes = 0;
};
struct SleepStep {  // an external system; uniform between the two
  Nanos least{0}, most{0};
};
struct AnswerStep {  // ends the route
  unsigned status = 200;
};

struct Step {
  std::variant<SpanStep, CallStep, ParallelStep, SqlStep, StoreStep, PublishStep, LimitStep,
               WorkStep, SpinStep, AllocStep, SleepStep, AnswerStep>
      what;
};

/// How the trace goes on behind a message.
enum class Join {
  parent,  // the CONSUMER span is a child of the PRODUCER span
  link,    // it is the root of a trace of its own with a link to that, sampled as that was
};

struct ConsumerSpec {
  std::string broker;
  std::string from;  // queue, topic or subject
  Join join = Join::parent;
  int batch = 1;  // messages that are handled at once, under one CONSUMER span with a link to each
                  // (join is `link` then); the steps run for each of them
  Nanos within{0};    // how long a batch waits to be full
  bool each = false;  // of a batch: an INTERNAL span for each message, "process", under the batch's
  Steps steps;
};

/// The client side of a service: what stands before each of its calls. Names are those of
/// targets/stages; an empty one is what the service's framework has by default.
struct ClientRules {
  std::string balancer;  // over the callee's instances
  std::vector<int> weights;
  std::optional<bool> breaker;
  Nanos timeout{0};      // 0: the framework's own
  int retries = -1;      // further attempts; -1: the framework's own
  std::string registry;  // where instances are looked up; empty: they are given at the start
};

struct InstanceSpec {
  double slower = 1;  // factor on spinning and sleeping
  std::string fault;  // TRACETAX_FAULT of this one
};

struct ServiceTopology {
  std::string name;       // its service.name too
  std::string framework;  // as in `tracetax list targets`
  std::vector<InstanceSpec> instances{InstanceSpec{}};
  ClientRules calls;
  std::map<std::string, Steps> routes;  // "POST /orders/:id"; of RPC: "order.Order/Create"
  std::vector<ConsumerSpec> consumers;
  bool front = false;  // where the load goes; one
};

/// What a client leg talks to. `service` is the companion that it is, in this target or suite;
/// empty: nobody, everything stays in the process (kind ring).
enum class StoreKind { postgresql, mariadb, redis, mongodb, etcd };
enum class BrokerKind { rabbitmq, kafka, nats, ring };
enum class RegistryKind { consul, nacos, etcd };

struct StoreLeg {
  std::string name;
  StoreKind kind = StoreKind::postgresql;
  std::string service;
  std::string
      traced_as;         // whose instrumentation: "otelsql", "otelgorm", "gozero", "redisotel", ...
  int connections = 10;  // the pool's most
  Nanos wait{0};         // for one of them; 0: for ever
  std::vector<std::string> setup;  // statements or commands once before anything is served, as the
                                   // schema: by the first service that uses the store
};

struct BrokerLeg {
  std::string name;
  BrokerKind kind = BrokerKind::rabbitmq;
  std::string service;
  std::string traced_as;
};

struct RegistryLeg {
  std::string name;
  RegistryKind kind = RegistryKind::consul;
  std::string service;
};

struct Topology {
  std::string name;
  std::string description;
  std::vector<ServiceTopology> services;  // in the order of their start
  std::vector<StoreLeg> stores;
  std::vector<BrokerLeg> brokers;
  std::vector<RegistryLeg> registries;
  JsonSource::Json companions;  // as "services" of a suite's target: read by the suite's reader
};

/// The document with its variants: each is the document with a part replaced (JSON merge patch, RFC
/// 7386), such as another balancer. They have the same services and companions.
struct SystemSpec {
  std::string path;             // of the file; empty: it stands in the suite
  JsonSource::Json document{};  // all of it, as it was read
  Topology base;
  std::map<std::string, Topology> variants;

  /// Of "" the base. The name must be known.
  [[nodiscard]] const Topology& of(const std::string& variant) const {
    return variant.empty() ? base : variants.at(variant);
  }
};

}  // namespace tracetax
