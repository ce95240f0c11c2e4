// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/rpc_log.h"

#include <fmt/format.h>

#include <chrono>

#include "targets/stages/codec/codec.h"
#include "targets/stages/logs/json_line.h"

namespace tracetax {
namespace {

constexpr std::chrono::milliseconds kSlowCall{500};

class RpcLogStage final : public Stage {
 public:
  explicit RpcLogStage(const RpcLogSpec& spec) : spec_(spec), json_(make_codec(CodecKind::json)) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    const bool slow = took > kSlowCall;
    std::string content = fmt::format("{}{}:{} - {} - ", slow ? "[RPC] slowcall - " : "",
                                      exchange.peer_address, exchange.peer_port, exchange.path);
    json_->encode(exchange.request, content);
    std::string line;
    append_json_line({.time = std::chrono::system_clock::now(),
                      .caller = "serverinterceptors/statinterceptor.go:94",
                      .content = content,
                      .duration = took,
                      .level = slow ? "slow" : "info",
                      .trace = exchange.trace},
                     line);
    write_line(spec_.fd, line);
  }

  std::string describe() const override {
    return fmt::format(
        "log: zRPC's JSON line with the request as JSON in it, one write(2) to fd {}", spec_.fd);
  }

 private:
  RpcLogSpec spec_;
  std::unique_ptr<const Codec> json_;
};

}  // namespace

StagePointer make_stage(const RpcLogSpec& spec) { return std::make_unique<RpcLogStage>(spec); }

}  // namespace tracetax
