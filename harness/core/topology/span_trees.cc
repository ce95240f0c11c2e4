// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/span_trees.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "harness/core/text/quote.h"
#include "harness/core/topology/leg_spans.h"
#include "harness/core/topology/span_names.h"

namespace tracetax {
namespace {

constexpr SpanKindNumber kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5;
constexpr std::size_t kMostSpans = 10'000;
constexpr unsigned kOk = 200, kFirstError = 400;

/// What a service has done with a request: none, or its answer, which ends the route.
using Answer = std::optional<unsigned>;

/// Walks a route as the services do. Where a step may take a branch, `decides` says whether this
/// request did.
class Walk {
 public:
  using Decide = std::function<bool(const std::string& label)>;
  Walk(const Topology& topology, Decide decides)
      : topology_(topology), decides_(std::move(decides)) {}

  /// The answer of the service's route, its SERVER span under `parent`.
  unsigned serve(const ServiceTopology& service, std::string_view route, int parent) {
    const int server =
        add(service.name, server_span_name(service.framework, route), kServer, parent);
    const auto steps = service.routes.find(std::string(route));
    if (steps == service.routes.end()) return kOk;
    return walk(steps->second, service, server).value_or(kOk);
  }

  [[nodiscard]] const std::string& contradiction() const { return contradiction_; }
  [[nodiscard]] SpanTree take() && { return std::move(tree_); }

 private:
  int add(const std::string& service, std::string name, SpanKindNumber kind, int parent) {
    if (tree_.spans.size() < kMostSpans)
      tree_.spans.push_back({service, std::move(name), kind, parent});
    return static_cast<int>(tree_.spans.size()) - 1;
  }

  Answer walk(const Steps& steps, const ServiceTopology& service, int parent) {
    for (const Step& step : steps) {
      const Answer answer =
          std::visit([&](const auto& what) { return take(what, service, parent); }, step.what);
      if (answer) return answer;
      if (const auto* span = std::get_if<SpanStep>(&step.what); span && span->shadows_context)
        parent = last_span_;
    }
    return {};
  }

  Answer take(const SpanStep& step, const ServiceTopology& service, int parent) {
    const int span = add(service.name, step.name, kInternal, parent);
    const Answer answer = walk(step.steps, service, span);
    last_span_ = span;
    return answer;
  }

  Answer take(const CallStep& step, const ServiceTopology& service, int parent) {
    const auto callee = std::ranges::find(topology_.services, step.service, &ServiceTopology::name);
    if (callee == topology_.services.end() || ++depth_ > topology_.services.size() * 8) return {};
    int client = parent;
    for (std::string& name : client_span_names(service.framework, callee->framework, step.route))
      client = add(service.name, std::move(name), kClient, client);
    unsigned status = serve(*callee, step.route, client);
    --depth_;
    const bool refused = status >= kFirstError;
    if (!step.failed) return refused ? Answer{status} : Answer{};
    const bool may_be_late = step.deadline > Nanos{0};
    const bool failed = (refused || may_be_late) && decides_(step.failed->label);
    if (refused && !failed && contradiction_.empty()) {
      contradiction_ = fmt::format("{} answered {}, and the branch {} was not taken", step.service,
                                   status, quote(step.failed->label));
    }
    return failed ? branch(*step.failed, service, parent) : Answer{};
  }

  Answer take(const ParallelStep& step, const ServiceTopology& service, int parent) {
    Answer first;
    for (const Steps& steps : step.branches) {
      const Answer answer = walk(steps, service, parent);
      if (!first) first = answer;
    }
    return first;
  }

  template <typename LegStep>
  Answer take_leg(const LegStep& step, const ServiceTopology& service, int parent) {
    const bool none = step.none && decides_(step.none->label);
    const auto leg = std::ranges::find(topology_.stores, step.store, &StoreLeg::name);
    if (leg == topology_.stores.end()) return {};
    const int before = static_cast<int>(tree_.spans.size());
    for (LegSpan& span : leg_spans(*leg, step, none)) {
      add(service.name, std::move(span.name), kClient,
          span.parent < 0 ? parent : before + span.parent);
    }
    return none ? branch(*step.none, service, parent) : Answer{};
  }
  Answer take(const SqlStep& step, const ServiceTopology& service, int parent) {
    return take_leg(step, service, parent);
  }
  Answer take(const StoreStep& step, const ServiceTopology& service, int parent) {
    return take_leg(step, service, parent);
  }

  Answer take(const PublishStep& step, const ServiceTopology& service, int parent) {
    const auto leg = std::ranges::find(topology_.brokers, step.broker, &BrokerLeg::name);
    if (leg == topology_.brokers.end() || ++depth_ > topology_.services.size() * 8) return {};
    const int producer = add(service.name, producer_span_name(*leg, step.to), kProducer, parent);
    for (const ServiceTopology& consumer_service : topology_.services) {
      for (const ConsumerSpec& consumer : consumer_service.consumers) {
        if (consumer.broker == step.broker && consumer.from == step.to)
          deliver(consumer, *leg, consumer_service, producer);
      }
    }
    --depth_;
    return {};
  }

  void deliver(const ConsumerSpec& consumer, const BrokerLeg& leg, const ServiceTopology& service,
               int producer) {
    if (consumer.join == Join::parent) return consume(consumer, leg, service, producer);
    // What follows belongs to a trace of its own.
    SpanTree own = std::exchange(tree_, SpanTree{});
    consume(consumer, leg, service, -1);
    own.linked.push_back(
        {static_cast<std::size_t>(producer), std::exchange(tree_, SpanTree{}), consumer.batch > 1});
    tree_ = std::move(own);
  }

  void consume(const ConsumerSpec& consumer, const BrokerLeg& leg, const ServiceTopology& service,
               int parent) {
    int span = add(service.name, consumer_span_name(leg, consumer), kConsumer, parent);
    if (consumer.each) span = add(service.name, "process", kInternal, span);
    (void)walk(consumer.steps, service, span);
  }

  Answer take(const LimitStep& step, const ServiceTopology& service, int parent) {
    return decides_(step.none.label) ? branch(step.none, service, parent) : Answer{};
  }
  Answer take(const WorkStep& step, const ServiceTopology& service, int parent) {
    return step.none && decides_(step.none->label) ? branch(*step.none, service, parent) : Answer{};
  }
  Answer take(const SpinStep&, const ServiceTopology&, int) { return {}; }
  Answer take(const AllocStep&, const ServiceTopology&, int) { return {}; }
  Answer take(const SleepStep&, const ServiceTopology&, int) { return {}; }
  Answer take(const AnswerStep& step, const ServiceTopology&, int) { return step.status; }

  Answer branch(const Branch& branch, const ServiceTopology& service, int parent) {
    const Answer answer = walk(branch.steps, service, parent);
    return answer ? answer : branch.answer;
  }

  const Topology& topology_;
  const Decide decides_;
  SpanTree tree_;
  std::size_t depth_ = 0;
  int last_span_ = -1;
  std::string contradiction_;
};

/// Decides as it is told, and notes what it was not told: then no branch is taken.
class Replay {
 public:
  explicit Replay(std::vector<bool> told) : told_(std::move(told)) {}
  bool operator()(const std::string& label) {
    const bool yes = asked_ < told_.size() && told_[asked_];
    if (asked_ >= told_.size()) told_.push_back(false);
    ++asked_;
    if (yes) taken_.push_back(label);
    return yes;
  }
  [[nodiscard]] const std::vector<bool>& told() const { return told_; }
  [[nodiscard]] std::vector<std::string> taken() const {
    std::vector<std::string> sorted = taken_;
    std::ranges::sort(sorted);
    return sorted;
  }

 private:
  std::vector<bool> told_;
  std::size_t asked_ = 0;
  std::vector<std::string> taken_;
};

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> all;
  path = path.substr(0, path.find('?'));
  while (!path.empty()) {
    const std::size_t end = path.find('/', 1);
    all.push_back(path.substr(0, end));
    path = end == path.npos ? std::string_view{} : path.substr(end);
  }
  return all;
}

bool fits(std::string_view pattern, std::string_view path) {
  const auto wanted = segments(pattern), found = segments(path);
  return std::ranges::equal(wanted, found, [](std::string_view want, std::string_view have) {
    return want.starts_with("/:") ? have.size() > 1 : want == have;
  });
}

}  // namespace

const ServiceTopology& front_service(const Topology& topology) {
  const auto front = std::ranges::find(topology.services, true, &ServiceTopology::front);
  return front == topology.services.end() ? topology.services.front() : *front;
}

Result<SpanTree> expected_tree(const Topology& topology, std::string_view route,
                               const std::vector<std::string>& labels) {
  std::multiset<std::string> left(labels.begin(), labels.end());
  Walk walk(topology, [&left](const std::string& label) {
    const auto found = left.find(label);
    if (found == left.end()) return false;
    left.erase(found);
    return true;
  });
  walk.serve(front_service(topology), route, -1);
  if (!left.empty()) {
    return failure(ExitCode::invalid, fmt::format("{} cannot take the branch {} ({})", route,
                                                  quote(*left.begin()), fmt::join(labels, " ")));
  }
  if (!walk.contradiction().empty())
    return failure(ExitCode::invalid, fmt::format("{}: {}", route, walk.contradiction()));
  return std::move(walk).take();
}

std::vector<RouteOutcome> outcomes_of(const Topology& topology, std::string_view route) {
  std::vector<RouteOutcome> outcomes;
  std::vector<bool> told;
  do {
    Replay replay(told);
    Walk walk(topology, std::ref(replay));
    const unsigned status = walk.serve(front_service(topology), route, -1);
    if (walk.contradiction().empty())
      outcomes.push_back({replay.taken(), status, std::move(walk).take()});
    // The next in the order of a depth-first search.
    told = replay.told();
    while (!told.empty() && told.back()) told.pop_back();
    if (!told.empty()) told.back() = true;
  } while (!told.empty() && outcomes.size() < kMostOutcomes);
  return outcomes;
}

std::string route_of(const Topology& topology, std::string_view method, std::string_view path) {
  std::string best;
  for (const auto& [route, steps] : front_service(topology).routes) {
    const RouteParts parts = parts_of(route, ServiceWire::http);
    if (parts.first != method || !fits(parts.second, path)) continue;
    // "/orders/new" goes before "/orders/:id".
    if (best.empty() || std::ranges::count(route, ':') < std::ranges::count(best, ':'))
      best = route;
  }
  return best;
}

std::string tree_text(const SpanTree& tree, std::size_t indent) {
  constexpr std::array<std::string_view, 6> kKinds{"SPAN",   "INTERNAL", "SERVER",
                                                   "CLIENT", "PRODUCER", "CONSUMER"};
  std::vector<std::size_t> depth(tree.spans.size(), indent);
  std::string text;
  // Parents stand before children, so this is a walk in their order; children of one parent may
  // stand apart from it.
  const std::function<void(int)> write = [&](int parent) {
    for (std::size_t i = 0; i < tree.spans.size(); ++i) {
      const TreeSpan& span = tree.spans[i];
      if (span.parent != parent) continue;
      if (parent >= 0) depth[i] = depth[static_cast<std::size_t>(parent)] + 2;
      text += fmt::format("{:{}}{} {} {}\n", "", depth[i],
                          kKinds[std::min<std::size_t>(span.kind, 5)], span.service, span.name);
      for (const LinkedTree& linked : tree.linked) {
        if (linked.from != i) continue;
        text += fmt::format("{:{}}linked{}:\n", "", depth[i] + 2,
                            linked.batched ? ", with those of other requests" : "");
        text += tree_text(linked.tree, depth[i] + 4);
      }
      write(static_cast<int>(i));
    }
  };
  write(-1);
  return text;
}

}  // namespace tracetax
