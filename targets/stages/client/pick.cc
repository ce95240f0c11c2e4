// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "harness/core/text/catalog.h"
#include "targets/request/rejection.h"
#include "targets/request/steady_nanos.h"
#include "targets/stages/client/pick_p2c_gozero.h"
#include "targets/stages/client/pick_p2c_kratos.h"
#include "targets/stages/client/pick_random.h"
#include "targets/stages/client/pick_tars.h"
#include "targets/stages/client/pick_wrr.h"

namespace tracetax {
namespace {

constexpr int kWeight = 100;

// Of what a client takes as the node's fault: go-zero's codes.Acceptable and kratos' error handler
// agree on these.
bool node_is_fine(unsigned status) { return status < 500; }

std::string_view name_of(Balancer balancer) {
  switch (balancer) {
    case Balancer::p2c_gozero:
      return "go-zero's P2C with moving averages";
    case Balancer::p2c_kratos:
      return "kratos' P2C with moving averages";
    case Balancer::wrr_kratos:
      return "kratos' smooth weighted round robin";
    case Balancer::wrr_kitex:
      return "kitex' weighted round robin, worked out ahead";
    case Balancer::round_robin:
      return "round robin";
    case Balancer::round_robin_tars:
      return "round robin with TarsGo's fail counters";
    case Balancer::random_weighted:
      return "random by weight";
    case Balancer::first:
      break;
  }
  return "the first";
}

// Each way is made of a spec and has run(rest): it picks, calls rest(index), which tells whether
// the node did well, and passes that on.
struct GozeroWay {
  explicit GozeroWay(const PickSpec& spec) : picker(spec.addresses.size()) {}
  template <typename Rest>
  void run(Rest rest) {
    const Nanos start = steady_nanos();
    const std::size_t node = picker.pick(start, thread_uniform());
    bool ok = false;
    try {
      ok = rest(node);
    } catch (...) {
      picker.done(node, start, steady_nanos(), false);
      throw;
    }
    picker.done(node, start, steady_nanos(), ok);
  }
  GozeroP2c picker;
};

struct KratosWay {
  explicit KratosWay(const PickSpec& spec) : picker(spec.addresses.size()) {}
  template <typename Rest>
  void run(Rest rest) {
    const KratosP2c::Pick pick = picker.pick(steady_nanos(), thread_uniform());
    bool ok = false;
    try {
      ok = rest(pick.node);
    } catch (...) {
      picker.done(pick, steady_nanos(), false);
      throw;
    }
    picker.done(pick, steady_nanos(), ok);
  }
  KratosP2c picker;
};

struct KratosWrrWay {
  explicit KratosWrrWay(const PickSpec& spec)
      : picker(spec.addresses, {spec.weights.begin(), spec.weights.end()}) {}
  template <typename Rest>
  void run(Rest rest) {
    rest(picker.pick());
  }
  KratosWrr picker;
};

struct KitexWrrWay {
  explicit KitexWrrWay(const PickSpec& spec)
      : picker(spec.weights, thread_uniform().below(spec.weights.size())) {}
  template <typename Rest>
  void run(Rest rest) {
    rest(picker.pick());
  }
  KitexWrr picker;
};

struct RoundRobinWay {
  explicit RoundRobinWay(const PickSpec& spec) : picker(spec.addresses.size()) {}
  template <typename Rest>
  void run(Rest rest) {
    rest(picker.pick());
  }
  RoundRobin picker;
};

struct TarsWay {
  explicit TarsWay(const PickSpec& spec) : picker(spec.addresses.size()) {}
  template <typename Rest>
  void run(Rest rest) {
    const std::size_t node = picker.pick(steady_nanos());
    bool ok = false;
    try {
      ok = rest(node);
    } catch (...) {
      picker.done(node, steady_nanos(), false);
      throw;
    }
    picker.done(node, steady_nanos(), ok);
  }
  TarsRoundRobin picker;
};

struct RandomWay {
  explicit RandomWay(const PickSpec& spec) : picker(spec.weights) {}
  template <typename Rest>
  void run(Rest rest) {
    rest(picker.pick(thread_uniform()));
  }
  RandomWeighted picker;
};

struct FirstWay {
  explicit FirstWay(const PickSpec&) {}
  template <typename Rest>
  void run(Rest rest) {
    rest(std::size_t{0});
  }
};

std::string describe_pick(const PickSpec& spec) {
  return fmt::format("pick: {}", name_of(spec.balancer));
}

template <typename Way>
class PickStage final : public Stage {
 public:
  explicit PickStage(PickSpec spec)
      : spec_(std::move(spec)),
        current_(make(std::make_shared<const std::vector<std::string>>(spec_.addresses))) {}

  void handle(Exchange& exchange, Next next) const override {
    const std::shared_ptr<Picking> picking = picking_for(exchange);
    if (picking->way == nullptr) return reject(exchange, {.status = 503});
    picking->way->run([&](std::size_t node) {
      exchange.upstream = (*picking->addresses)[node];
      next(exchange);
      return node_is_fine(exchange.status);
    });
    exchange.upstream = {};
  }
  std::string describe() const override { return describe_pick(spec_); }

 private:
  using SharedAddresses = std::shared_ptr<const std::vector<std::string>>;
  struct Picking {
    SharedAddresses addresses;
    std::unique_ptr<Way> way;  // null: there are no addresses
  };

  std::shared_ptr<Picking> picking_for(const Exchange& exchange) const {
    std::shared_ptr<Picking> seen = current_.load();
    if (exchange.candidates == nullptr || exchange.candidates == seen->addresses) return seen;
    const std::lock_guard lock(making_);
    seen = current_.load();
    if (exchange.candidates == seen->addresses) return seen;
    seen = make(exchange.candidates);
    current_.store(seen);
    return seen;
  }

  std::shared_ptr<Picking> make(const SharedAddresses& addresses) const {
    auto made = std::make_shared<Picking>(Picking{addresses, nullptr});
    if (addresses->empty()) return made;
    PickSpec spec{spec_.balancer, *addresses, {}};
    for (const std::string& address : *addresses) spec.weights.push_back(weight_of(address));
    made->way = std::make_unique<Way>(spec);
    return made;
  }

  int weight_of(const std::string& address) const {
    const auto at = static_cast<std::size_t>(std::ranges::find(spec_.addresses, address) -
                                             spec_.addresses.begin());
    return at < spec_.weights.size() ? std::max(spec_.weights[at], 1) : kWeight;
  }

  PickSpec spec_;
  mutable std::mutex making_;
  mutable std::atomic<std::shared_ptr<Picking>> current_;
};

}  // namespace

StagePointer make_stage(const PickSpec& spec) {
  switch (spec.balancer) {
    case Balancer::p2c_gozero:
      return std::make_unique<PickStage<GozeroWay>>(spec);
    case Balancer::p2c_kratos:
      return std::make_unique<PickStage<KratosWay>>(spec);
    case Balancer::wrr_kratos:
      return std::make_unique<PickStage<KratosWrrWay>>(spec);
    case Balancer::wrr_kitex:
      return std::make_unique<PickStage<KitexWrrWay>>(spec);
    case Balancer::round_robin:
      return std::make_unique<PickStage<RoundRobinWay>>(spec);
    case Balancer::round_robin_tars:
      return std::make_unique<PickStage<TarsWay>>(spec);
    case Balancer::random_weighted:
      return std::make_unique<PickStage<RandomWay>>(spec);
    case Balancer::first:
      break;
  }
  return std::make_unique<PickStage<FirstWay>>(spec);
}

Result<Balancer> balancer_from(std::string_view name) {
  using enum Balancer;
  static const std::vector<CatalogEntry<Balancer>> kBalancers{
      {"p2c_gozero", "", p2c_gozero},   {"p2c_kratos", "", p2c_kratos},
      {"wrr_kratos", "", wrr_kratos},   {"wrr_kitex", "", wrr_kitex},
      {"round_robin", "", round_robin}, {"round_robin_tars", "", round_robin_tars},
      {"random", "", random_weighted},  {"first", "", first}};
  return find_in_catalog(std::span<const CatalogEntry<Balancer>>(kBalancers), "balancer", name);
}

}  // namespace tracetax
