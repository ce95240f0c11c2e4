// The consumers of a service: each delivery is a CONSUMER span and the steps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "targets/program/program.h"

namespace tracetax {

/// Its end waits for what is being handled.
class Consumers {
 public:
  /// Begins all consumers of the service. `program` must outlive them.
  [[nodiscard]] static Result<std::unique_ptr<Consumers>> start(const Program& program);

  /// That no message's steps have failed, for each consumer.
  [[nodiscard]] std::vector<Invariant> invariants() const;
  /// Handles nothing more.
  void stop();

 private:
  struct Account {
    const ConsumerSpec* spec = nullptr;
    std::atomic<std::uint64_t> messages{0};
    std::atomic<std::uint64_t> failed{0};
  };
  explicit Consumers(const Program& program) : program_(program) {}
  void handle(Account& account, const Broker& broker, std::span<const BrokerMessage> messages);
  void handle_one(Account& account, const BrokerMessage& message, const Span* parent);

  const Program& program_;
  std::deque<Account> accounts_;
  std::vector<std::unique_ptr<Consumer>> running_;  // goes first
};

}  // namespace tracetax
