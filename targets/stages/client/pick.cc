// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "targets/request/rejection.h"
#include "targets/request/steady_nanos.h"
#include "targets/stages/client/pick_p2c_gozero.h"
#include "targets/stages/client/pick_p2c_kratos.h"
#include "targets/stages/client/pick_random.h"
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
  return fmt::format("pick: {} of {} addresses", name_of(spec.balancer), spec.addresses.size());
}

template <typename Way>
class PickStage final : public Stage {
 public:
  explicit PickStage(PickSpec spec) : spec_(std::move(spec)), way_(spec_) {}

  void handle(Exchange& exchange, Next next) const override {
    way_.run([&](std::size_t node) {
      exchange.upstream = spec_.addresses[node];
      next(exchange);
      return node_is_fine(exchange.status);
    });
  }
  std::string describe() const override { return describe_pick(spec_); }

 private:
  PickSpec spec_;
  mutable Way way_;
};

class NowhereStage final : public Stage {
 public:
  explicit NowhereStage(PickSpec spec) : spec_(std::move(spec)) {}
  void handle(Exchange& exchange, Next) const override { reject(exchange, {.status = 503}); }
  std::string describe() const override { return describe_pick(spec_); }

 private:
  PickSpec spec_;
};

}  // namespace

StagePointer make_stage(const PickSpec& given) {
  PickSpec spec = given;
  spec.weights.resize(spec.addresses.size(), kWeight);
  for (int& weight : spec.weights) weight = std::max(weight, 1);
  if (spec.addresses.empty()) return std::make_unique<NowhereStage>(std::move(spec));
  switch (spec.balancer) {
    case Balancer::p2c_gozero:
      return std::make_unique<PickStage<GozeroWay>>(std::move(spec));
    case Balancer::p2c_kratos:
      return std::make_unique<PickStage<KratosWay>>(std::move(spec));
    case Balancer::wrr_kratos:
      return std::make_unique<PickStage<KratosWrrWay>>(std::move(spec));
    case Balancer::wrr_kitex:
      return std::make_unique<PickStage<KitexWrrWay>>(std::move(spec));
    case Balancer::round_robin:
      return std::make_unique<PickStage<RoundRobinWay>>(std::move(spec));
    case Balancer::random_weighted:
      return std::make_unique<PickStage<RandomWay>>(std::move(spec));
    case Balancer::first:
      break;
  }
  return std::make_unique<PickStage<FirstWay>>(std::move(spec));
}

}  // namespace tracetax
