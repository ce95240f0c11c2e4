// Kind `ring`: a queue inside the process, as a trading system has between its threads. Nothing
// is sent anywhere. Known to no instrumentation: spans by OpenTelemetry's semantic conventions for
// messaging (v1.37), as a program would make them itself.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "targets/legs/broker/consumer_loop.h"
#include "targets/legs/broker/message.h"
#include "targets/legs/broker/ring_queue.h"

namespace tracetax {
namespace {

constexpr std::size_t kRingRoom = 16'384;
constexpr auto kFullPause = std::chrono::microseconds(50);

using MessageRing = RingQueue<BrokerMessage>;

class RingSource final : public MessageSource {
 public:
  explicit RingSource(MessageRing& ring) : ring_(ring) {}
  Result<std::optional<BrokerMessage>> next(Nanos wait) override { return ring_.pop(wait); }
  Status acknowledge() override { return {}; }

 private:
  MessageRing& ring_;
};

class RingBroker final : public Broker {
 public:
  LegResult publish(const PublishStep& step, const LegCall& call) override {
    BrokerMessage message;
    message.body = json_of(call.values);
    auto span = start_producer_span(
        call, fmt::format("publish {}", step.to),
        {{"messaging.system", std::string("ring")},
         {"messaging.operation.name", std::string("publish")},
         {"messaging.operation.type", std::string("send")},
         {"messaging.destination.name", step.to},
         {"messaging.message.body.size", static_cast<std::int64_t>(message.body.size())}});
    message.context = context_to_send(call, span);
    if (message.context) message.trace_state = trace_state_of(*span);
    MessageRing& ring = ring_of(step.to);
    const auto until = std::chrono::steady_clock::now() + kPublishTime;
    while (!ring.try_push(message)) {
      if (std::chrono::steady_clock::now() >= until) {
        return publish_failed(span, fmt::format("ring '{}' was full for 5 s", step.to));
      }
      std::this_thread::sleep_for(kFullPause);
    }
    return {};
  }

  Result<std::unique_ptr<Consumer>> consume(const ConsumerSpec& spec,
                                            HandleMessages handle) override {
    MessageRing& ring = ring_of(spec.from);
    {
      const std::lock_guard lock(mutex_);
      if (!consumed_.emplace(spec.from, true).second) {
        return failure(ExitCode::usage,
                       fmt::format("ring '{}' has two consumers; right is one", spec.from));
      }
    }
    const auto open = [&ring]() -> Result<std::unique_ptr<MessageSource>> {
      return std::make_unique<RingSource>(ring);
    };
    return start_consumer(spec, open, std::move(handle), Nanos{0});
  }

  std::string consumer_span_name(const ConsumerSpec& spec) const override {
    return fmt::format("process {}", spec.from);
  }

  Attributes consumer_attributes(const ConsumerSpec& spec,
                                 const BrokerMessage& message) const override {
    return {{"messaging.system", std::string("ring")},
            {"messaging.operation.name", std::string("process")},
            {"messaging.operation.type", std::string("process")},
            {"messaging.destination.name", spec.from},
            {"messaging.message.body.size", static_cast<std::int64_t>(message.body.size())}};
  }

  std::string describe() const override {
    return fmt::format("ring in the process, of {} messages", kRingRoom);
  }

 private:
  MessageRing& ring_of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return rings_.try_emplace(name, kRingRoom).first->second;
  }

  std::mutex mutex_;
  std::map<std::string, MessageRing> rings_;
  std::map<std::string, bool> consumed_;
};

}  // namespace

std::unique_ptr<Broker> broker_ring(const LegAddress& /*address*/) {
  return std::make_unique<RingBroker>();
}

}  // namespace tracetax
