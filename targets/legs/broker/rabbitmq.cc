// RabbitMQ, as services in Go use it with rabbitmq/amqp091-go v1.14.0: persistent connections,
// the default exchange with the queue as routing key, manual acknowledgements, and publisher
// confirms, which that client has and does not use unless told: without them a broker that takes
// nothing any more is not noticed. Spans: OpenTelemetry's compile-time instrumentation of it
// (instrumentation/github.com/rabbitmq/amqp091-go at 73a8b96: semconv/client.go, hook.go), where
// the span of a send ends when the message is handed over, before it is confirmed.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "targets/legs/broker/amqp_connection.h"

namespace tracetax {
namespace {

constexpr const char* kDefaultExchange = "(default)";
constexpr int kLeastPrefetch = 100;
constexpr int kMostPrefetch = 65'535;

class RabbitSource final : public MessageSource {
 public:
  explicit RabbitSource(std::unique_ptr<AmqpConnection> connection)
      : connection_(std::move(connection)) {}
  Result<std::optional<BrokerMessage>> next(Nanos wait) override { return connection_->next(wait); }
  Status acknowledge() override { return connection_->acknowledge(); }

 private:
  std::unique_ptr<AmqpConnection> connection_;
};

class RabbitBroker final : public Broker {
 public:
  explicit RabbitBroker(const LegAddress& address) : address_(address) {}

  LegResult publish(const PublishStep& step, const LegCall& call) override {
    OutgoingMessage message{.body = json_of(call.values), .traceparent = {}, .trace_state = {}};
    auto span = start_producer_span(
        call, fmt::format("{} send", kDefaultExchange),
        {{"messaging.system", std::string("rabbitmq")},
         {"messaging.operation.name", std::string("send")},
         {"messaging.destination.name", std::string(kDefaultExchange)},
         {"messaging.operation.type", std::string("send")},
         {"messaging.rabbitmq.destination.routing_key", step.to},
         {"messaging.message.body.size", static_cast<std::int64_t>(message.body.size())}});
    put_context(call, span, message);
    auto connection = take();
    if (!connection) return failed(span, connection.error());
    const std::string queue = name_at_broker(step.to);
    if (auto done = (*connection)->declare(queue); !done) return failed(span, done.error());
    if (auto done = (*connection)->send(queue, message); !done) return failed(span, done.error());
    if (span) span->end();
    if (auto done = (*connection)->confirm(kPublishTime); !done) {
      return {LegEnd::failed, done.error().message};
    }
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(*connection));
    return {};
  }

  Result<std::unique_ptr<Consumer>> consume(const ConsumerSpec& spec,
                                            HandleMessages handle) override {
    const auto open = [address = address_, queue = name_at_broker(spec.from),
                       prefetch =
                           std::clamp(2 * spec.batch, kLeastPrefetch,
                                      kMostPrefetch)]() -> Result<std::unique_ptr<MessageSource>> {
      auto connection = AmqpConnection::open(address);
      if (!connection) return failure(connection.error());
      if (auto done = (*connection)->declare(queue); !done) return failure(done.error());
      if (auto done = (*connection)->consume(queue, prefetch); !done) return failure(done.error());
      return std::make_unique<RabbitSource>(std::move(*connection));
    };
    return start_consumer(spec, open, std::move(handle), kFirstConnectTime);
  }

  std::string consumer_span_name(const ConsumerSpec& spec) const override {
    return fmt::format("{} process", spec.from);
  }

  Attributes consumer_attributes(const ConsumerSpec& spec,
                                 const BrokerMessage& message) const override {
    return {{"messaging.system", std::string("rabbitmq")},
            {"messaging.operation.name", std::string("process")},
            {"messaging.destination.name", spec.from},
            {"messaging.operation.type", std::string("process")},
            {"messaging.rabbitmq.destination.routing_key", spec.from},
            {"messaging.destination.subscription.name", spec.from},
            {"messaging.message.body.size", static_cast<std::int64_t>(message.body.size())}};
  }

  std::string describe() const override {
    return fmt::format("RabbitMQ at {}:{}: default exchange, publisher confirms, prefetch of {}",
                       address_.host, address_.port, kLeastPrefetch);
  }

 private:
  static LegResult failed(std::optional<Span>& span, const Error& error) {
    return publish_failed(span, error.message, "*amqp091.Error");
  }

  /// librabbitmq knows one thread per connection, so each publish under way has one, where Go has
  /// one channel for each.
  Result<std::unique_ptr<AmqpConnection>> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return AmqpConnection::open(address_);
  }

  const LegAddress address_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<AmqpConnection>> idle_;
};

}  // namespace

std::unique_ptr<Broker> broker_rabbitmq(const LegAddress& address) {
  return std::make_unique<RabbitBroker>(address);
}

}  // namespace tracetax
