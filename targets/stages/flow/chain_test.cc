// Stages that choose or build the rest of the chain: RPC routing, chain_build and kratos' matcher.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/flow/chain_build.h"
#include "targets/stages/route/operation_matcher.h"
#include "targets/stages/route/rpc_route.h"

namespace tracetax {
namespace {

/// Writes its name on the way in and on the way out.
class MarkStage final : public Stage {
 public:
  explicit MarkStage(std::string name) : name_(std::move(name)) {}
  void handle(Exchange& exchange, Next next) const override {
    exchange.answer += name_;
    next(exchange);
    exchange.answer += name_;
  }
  std::string describe() const override { return name_; }

 private:
  std::string name_;
};

/// `first`, the marks, and a handler that writes ".".
Chain marked_chain(StagePointer first, const std::vector<std::string>& marks) {
  std::vector<StagePointer> stages;
  stages.push_back(std::move(first));
  for (const std::string& mark : marks) stages.push_back(std::make_unique<MarkStage>(mark));
  stages.push_back(std::make_unique<FunctionStage>([](Exchange& e) { e.answer += '.'; }));
  return Chain(std::move(stages));
}

std::string answer_of(const Chain& chain, std::string_view path) {
  ExchangeFixture f;
  f.exchange.method = {};
  f.exchange.path = path;
  chain.handle(f.exchange);
  return f.exchange.answer;
}

TEST(ChainBuild, RunsTheMiddlewareInOrderAroundTheHandler) {
  EXPECT_EQ(answer_of(marked_chain(make_stage(ChainBuildSpec{}), {"a", "b", "c"}), "/"), "abc.cba");
  EXPECT_EQ(answer_of(marked_chain(make_stage(ChainBuildSpec{}), {}), "/"), ".");
  EXPECT_EQ(answer_of(marked_chain(make_stage(ChainBuildSpec{.kept = 2}), {"a", "b"}), "/"),
            "ab.ba");
  EXPECT_EQ(answer_of(marked_chain(make_stage(ChainBuildSpec{.kept = 9}), {"a"}), "/"), "a.a");
}

TEST(ChainBuild, AMiddlewareMayAnswerByItself) {
  std::vector<StagePointer> stages;
  stages.push_back(make_stage(ChainBuildSpec{}));
  stages.push_back(std::make_unique<FunctionStage>([](Exchange& e) { e.answer = "stop"; }));
  stages.push_back(std::make_unique<FunctionStage>([](Exchange& e) { e.answer = "handler"; }));
  EXPECT_EQ(answer_of(Chain(std::move(stages)), "/"), "stop");
}

Chain matcher_chain() {
  return marked_chain(make_stage(OperationMatcherSpec{
                          .selectors = {{"/a.B/Exact", {1}}, {"/a.*", {2}}, {"/a.B/*", {3, 99}}}}),
                      {"d", "e", "p", "q"});
}

TEST(OperationMatcher, ChoosesTheExactNameThenTheLongestPrefix) {
  const Chain chain = matcher_chain();
  EXPECT_EQ(answer_of(chain, "/a.B/Exact"), "de.ed");
  EXPECT_EQ(answer_of(chain, "/a.B/Exactly"), "dq.qd");
  EXPECT_EQ(answer_of(chain, "/a.C/Other"), "dp.pd");
  EXPECT_EQ(answer_of(chain, "/b.C/Other"), "d.d");
  EXPECT_EQ(answer_of(chain, "/a.B/"), "dq.qd");
}

TEST(OperationMatcher, HttpRoutesStandForOperations) {
  const Chain chain = marked_chain(
      make_stage(OperationMatcherSpec{.selectors = {{"/bench.v1.Bench/GetUser", {0}}}}), {"g"});
  const Route get{"GET", "/users/{id}", Action::get_user};
  const Route post{"POST", "/users", Action::create_user};
  for (const auto& [route, operation, answer] :
       {std::tuple(&get, "/bench.v1.Bench/GetUser", "g.g"),
        std::tuple(&post, "/bench.v1.Bench/CreateUser", ".")}) {
    ExchangeFixture f;
    f.exchange.route = route;
    chain.handle(f.exchange);
    EXPECT_EQ(f.exchange.operation, operation);
    EXPECT_EQ(f.exchange.answer, answer);
  }
}

std::string routed(const RpcRouteSpec& spec, std::string_view path) {
  std::string result;
  ExchangeFixture f;
  f.exchange.path = path;
  chain_of(make_stage(spec), [&](Exchange& e) {
    result = e.route == nullptr ? "none" : e.route->pattern;
  }).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, result == "none" ? 404U : 200U);
  return result;
}

TEST(RpcRoute, EveryLookupFindsEveryMethodAndNothingElse) {
  for (const auto lookup :
       {MethodLookup::flat, MethodLookup::by_service, MethodLookup::reflective}) {
    for (const std::string_view prefix : {"/bench.v1.Bench/", "Bench.", ""}) {
      const RpcRouteSpec spec{.lookup = lookup, .prefix = prefix};
      for (const Route& route : application_methods(prefix, 50)) {
        EXPECT_EQ(routed(spec, route.pattern), route.pattern);
      }
      EXPECT_EQ(routed(spec, std::string(prefix) + "Echo2"), "none");
      EXPECT_EQ(routed(spec, "Other.Echo"), "none");
      EXPECT_EQ(routed(spec, "/"), "none");
    }
    EXPECT_EQ(routed({.lookup = lookup}, ""), "none");
  }
}

TEST(RpcRoute, MethodNamesAreDistinct) {
  std::set<std::string> names;
  for (const Route& route : application_methods("/s/", 200)) names.insert(route.pattern);
  EXPECT_EQ(names.size(), 203U);
}

TEST(RpcRoute, ReflectionMakesTheRequestOfTheMethod) {
  ExchangeFixture f;
  f.exchange.path = "Bench.Echo";
  chain_of(make_stage(RpcRouteSpec{.lookup = MethodLookup::reflective, .prefix = "Bench."}),
           [](Exchange& e) { EXPECT_TRUE(std::holds_alternative<Echo>(e.request)); })
      .handle(f.exchange);
}

}  // namespace
}  // namespace tracetax
