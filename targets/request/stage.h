// A stage of request handling, and the chain of them: a framework's middleware stack, walked by
// index as gin walks its handler slice. Stages are no coroutines: those that wait for another
// thread (timeout, handoff) hold up their event loop meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "targets/request/exchange.h"

namespace tracetax {

class Stage;
using StagePointer = std::unique_ptr<const Stage>;

/// The rest of the chain. A stage calls it once, or not at all to answer by itself.
class Next {
 public:
  explicit Next(std::span<const StagePointer> rest) : rest_(rest) {}
  inline void operator()(Exchange& exchange) const;
  [[nodiscard]] std::span<const StagePointer> rest() const { return rest_; }

 private:
  std::span<const StagePointer> rest_;
};

/// One instance serves all threads at once.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void handle(Exchange& exchange, Next next) const = 0;
  /// One line for --explain: name and parameters.
  [[nodiscard]] virtual std::string describe() const = 0;
};

inline void Next::operator()(Exchange& exchange) const {
  if (!rest_.empty()) rest_.front()->handle(exchange, Next(rest_.subspan(1)));
}

class Chain {
 public:
  explicit Chain(std::vector<StagePointer> stages) : stages_(std::move(stages)) {}
  void handle(Exchange& exchange) const { Next{stages_}(exchange); }
  [[nodiscard]] std::span<const StagePointer> stages() const { return stages_; }
  /// The stages, to make another chain of them.
  [[nodiscard]] std::vector<StagePointer> take() && { return std::move(stages_); }

 private:
  std::vector<StagePointer> stages_;
};

}  // namespace tracetax
