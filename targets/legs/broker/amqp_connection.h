// One connection to RabbitMQ with one channel, by librabbitmq: AMQP 0-9-1. It asks for no
// heartbeats, because a process that is stopped while others have their turn could not send them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <amqp.h>

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "harness/core/text/units.h"
#include "targets/legs/broker/consumer_loop.h"
#include "targets/legs/broker/message.h"

namespace tracetax {

/// One thread at a time. After an error it is of no use any more.
class AmqpConnection {
 public:
  /// Within 2 s, as user guest.
  [[nodiscard]] static Result<std::unique_ptr<AmqpConnection>> open(const LegAddress& address);
  ~AmqpConnection();
  AmqpConnection(const AmqpConnection&) = delete;
  AmqpConnection& operator=(const AmqpConnection&) = delete;

  /// A queue in memory that goes with its last consumer, and what is left in it too. Once per name.
  [[nodiscard]] Status declare(const std::string& queue);
  /// Hands the message to the default exchange; an answer is confirm()'s.
  [[nodiscard]] Status send(const std::string& queue, const OutgoingMessage& message);
  /// Waits until the broker has taken what was sent. Failed too if no queue did.
  [[nodiscard]] Status confirm(Nanos wait);

  /// With `prefetch` messages under way.
  [[nodiscard]] Status consume(const std::string& queue, int prefetch);
  [[nodiscard]] Result<std::optional<BrokerMessage>> next(Nanos wait);
  /// All that next() gave.
  [[nodiscard]] Status acknowledge();

 private:
  explicit AmqpConnection(const LegAddress& address);
  [[nodiscard]] Status connect();
  [[nodiscard]] Status check(int status, const char* what);
  [[nodiscard]] Status check(const amqp_rpc_reply_t& reply, const char* what);

  const LegAddress address_;
  amqp_connection_state_t state_;
  bool open_ = false;
  bool confirms_ = false;
  std::uint64_t last_tag_ = 0;
  std::set<std::string> declared_;
};

}  // namespace tracetax
