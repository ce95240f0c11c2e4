// An exchange for stage tests: owns what an Exchange refers to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

struct ExchangeFixture {
  ExchangeFixture() {
    headers.set(boost::beast::http::field::host, "127.0.0.1:8080");
    headers.set(boost::beast::http::field::user_agent, "loadgen/1.0");
    exchange.method = "GET";
    exchange.path = "/users/42";
    exchange.headers = &headers;
    exchange.peer_address = "127.0.0.1";
    exchange.peer_port = 54321;
    exchange.local_address = "127.0.0.1";
    exchange.local_port = 8080;
  }
  /// Makes it the call bench.v1.Bench/Echo of "hello".
  void make_rpc() {
    exchange.method = "POST";
    exchange.path = "/bench.v1.Bench/Echo";
    exchange.body = "\n\5hello";
  }
  ExchangeFixture(const ExchangeFixture&) = delete;
  ExchangeFixture& operator=(const ExchangeFixture&) = delete;

  Exchange::Headers headers;
  Exchange exchange;
};

/// A handler made of a function.
class FunctionStage final : public Stage {
 public:
  explicit FunctionStage(std::function<void(Exchange&)> function)
      : function_(std::move(function)) {}
  void handle(Exchange& exchange, Next) const override { function_(exchange); }
  std::string describe() const override { return "function"; }

 private:
  std::function<void(Exchange&)> function_;
};

/// The stage with `handler` behind it.
inline Chain chain_of(StagePointer stage, std::function<void(Exchange&)> handler) {
  std::vector<StagePointer> stages;
  stages.push_back(std::move(stage));
  stages.push_back(std::make_unique<FunctionStage>(std::move(handler)));
  return Chain(std::move(stages));
}

}  // namespace tracetax
