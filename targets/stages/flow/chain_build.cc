// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/chain_build.h"

#include <fmt/format.h>

#include <algorithm>

#include "targets/stages/flow/applied_chain.h"

namespace tracetax {
namespace {

class ChainBuildStage final : public Stage {
 public:
  explicit ChainBuildStage(const ChainBuildSpec& spec)
      : kept_(static_cast<std::size_t>(spec.kept)) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto rest = next.rest();
    const std::size_t count = rest.size() - std::min(kept_, rest.size());
    std::vector<const Stage*> middleware;
    middleware.reserve(count);
    for (const StagePointer& stage : rest.first(count)) middleware.push_back(stage.get());
    handle_applied(middleware, Next(rest.subspan(count)), exchange);
  }

  std::string describe() const override {
    return "chain_build: the middleware behind is wrapped around the handler for each request";
  }

 private:
  std::size_t kept_;
};

}  // namespace

StagePointer make_stage(const ChainBuildSpec& spec) {
  return std::make_unique<ChainBuildStage>(spec);
}

}  // namespace tracetax
