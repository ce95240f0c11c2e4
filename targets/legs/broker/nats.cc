// NATS by libnats, with JetStream and not core NATS: there a publish has no answer, and what comes
// while nobody listens, or faster than somebody takes it, is lost, so that no tree of spans could
// be expected. A stream in memory for each subject holds a message until it is acknowledged, and a
// publish waits until the stream has it. nats.go and OpenTelemetry's contrib for Go have no
// instrumentation: spans by the semantic conventions for messaging (v1.37).
// SPDX-License-Identifier: Apache-2.0
#include <nats/nats.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <utility>

#include "targets/legs/broker/consumer_loop.h"
#include "targets/legs/broker/message.h"

namespace tracetax {
namespace {

constexpr std::int64_t kNatsConnectMs = 2000;
constexpr std::int64_t kNatsFlushMs = 300;
// A consumer that is stopped while others have their turn keeps what it has.
constexpr std::int64_t kNatsAckWaitNs = 300'000'000'000;

struct NatsDeleter {
  void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
  void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
  void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
};
template <typename Thing>
using NatsPointer = std::unique_ptr<Thing, NatsDeleter>;

/// One of its own for who publishes, and for each consumer.
struct NatsConnection {
  NatsPointer<natsConnection> connection;
  NatsPointer<jsCtx> stream_context;
};

tl::unexpected<Error> nats_failure(const LegAddress& address, std::string_view what,
                                   natsStatus status) {
  const char* more = nats_GetLastError(nullptr);
  const bool says_more = more != nullptr && *more != '\0';
  return broker_failure("NATS", address,
                        fmt::format("{}: {}{}{}", what, natsStatus_GetText(status),
                                    says_more ? ": " : "", says_more ? more : ""));
}

Result<NatsConnection> connect_nats(const LegAddress& address) {
  natsOptions* made = nullptr;
  natsStatus status = natsOptions_Create(&made);
  const NatsPointer<natsOptions> options(made);
  const std::string url = fmt::format("nats://{}:{}", address.host, address.port);
  if (status == NATS_OK) status = natsOptions_SetURL(made, url.c_str());
  if (status == NATS_OK) status = natsOptions_SetTimeout(made, kNatsConnectMs);
  // Streams in memory are gone when the server is, so who connects again declares them again.
  if (status == NATS_OK) status = natsOptions_SetAllowReconnect(made, false);
  natsConnection* connection = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&connection, made);
  NatsConnection both{NatsPointer<natsConnection>(connection), nullptr};
  jsCtx* context = nullptr;
  if (status == NATS_OK) status = natsConnection_JetStream(&context, connection, nullptr);
  both.stream_context.reset(context);
  if (status != NATS_OK) return nats_failure(address, "connecting", status);
  return both;
}

/// Names of streams and consumers have no dots.
std::string stream_of(std::string subject) {
  for (char& c : subject) {
    const bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!fits) c = '_';
  }
  return subject;
}

Status declare_stream(const NatsConnection& nats, const LegAddress& address,
                      const std::string& subject) {
  const std::string name = stream_of(subject);
  const char* subjects[] = {subject.c_str()};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = name.c_str();
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Retention = js_WorkQueuePolicy;
  config.Storage = js_MemoryStorage;
  const natsStatus status =
      js_AddStream(nullptr, nats.stream_context.get(), &config, nullptr, nullptr);
  if (status != NATS_OK) return nats_failure(address, "declaring a stream", status);
  return {};
}

class NatsSource final : public MessageSource {
 public:
  static Result<std::unique_ptr<MessageSource>> open(const LegAddress& address,
                                                     const std::string& subject, int batch) {
    auto nats = connect_nats(address);
    if (!nats) return failure(nats.error());
    if (auto done = declare_stream(*nats, address, subject); !done) return failure(done.error());
    const std::string name = stream_of(subject);
    const std::string deliver = fmt::format("deliver.{}", name);
    jsConsumerConfig config;
    jsConsumerConfig_Init(&config);
    config.Durable = name.c_str();
    config.DeliverSubject = deliver.c_str();
    config.DeliverGroup = name.c_str();
    config.AckPolicy = js_AckExplicit;
    config.AckWait = kNatsAckWaitNs;
    config.MaxAckPending = std::max(1000, 2 * batch);
    natsStatus status = js_AddConsumer(nullptr, nats->stream_context.get(), name.c_str(), &config,
                                       nullptr, nullptr);
    if (status != NATS_OK) return nats_failure(address, "declaring a consumer", status);
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = name.c_str();
    options.Consumer = name.c_str();
    options.Queue = name.c_str();
    natsSubscription* subscription = nullptr;
    status = js_SubscribeSync(&subscription, nats->stream_context.get(), subject.c_str(), nullptr,
                              &options, nullptr);
    if (status != NATS_OK) return nats_failure(address, "consuming", status);
    return std::make_unique<NatsSource>(address, std::move(*nats),
                                        NatsPointer<natsSubscription>(subscription));
  }

  NatsSource(const LegAddress& address, NatsConnection nats,
             NatsPointer<natsSubscription> subscription)
      : address_(address), nats_(std::move(nats)), subscription_(std::move(subscription)) {
    natsSubscription_SetPendingLimits(subscription_.get(), -1, -1);  // MaxAckPending is the limit
  }

  ~NatsSource() override { natsConnection_FlushTimeout(nats_.connection.get(), kNatsFlushMs); }

  Result<std::optional<BrokerMessage>> next(Nanos wait) override {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
    natsMsg* came = nullptr;
    const natsStatus status =
        natsSubscription_NextMsg(&came, subscription_.get(), std::max<std::int64_t>(ms, 1));
    if (status == NATS_TIMEOUT) return std::nullopt;
    if (status != NATS_OK) return nats_failure(address_, "consuming", status);
    unacknowledged_.emplace_back(came);
    BrokerMessage message;
    message.body.assign(natsMsg_GetData(came),
                        static_cast<std::size_t>(natsMsg_GetDataLength(came)));
    take_context(header(came, kTraceparentHeader), header(came, kTraceStateHeader), message);
    return message;
  }

  Status acknowledge() override {
    for (const auto& message : unacknowledged_) {
      const natsStatus status = natsMsg_Ack(message.get(), nullptr);
      if (status != NATS_OK) return nats_failure(address_, "acknowledging", status);
    }
    unacknowledged_.clear();
    return {};
  }

 private:
  static std::string_view header(natsMsg* message, const char* name) {
    const char* value = nullptr;
    const bool found = natsMsgHeader_Get(message, name, &value) == NATS_OK && value != nullptr;
    return found ? std::string_view(value) : std::string_view();
  }

  const LegAddress address_;
  NatsConnection nats_;
  NatsPointer<natsSubscription> subscription_;
  std::vector<NatsPointer<natsMsg>> unacknowledged_;
};

class NatsBroker final : public Broker {
 public:
  explicit NatsBroker(const LegAddress& address) : address_(address) {}

  LegResult publish(const PublishStep& step, const LegCall& call) override {
    OutgoingMessage message{.body = json_of(call.values), .traceparent = {}, .trace_state = {}};
    auto span = start_producer_span(
        call, fmt::format("publish {}", step.to),
        {{"messaging.system", std::string("nats")},
         {"messaging.operation.name", std::string("publish")},
         {"messaging.operation.type", std::string("send")},
         {"messaging.destination.name", step.to},
         {"messaging.message.body.size", static_cast<std::int64_t>(message.body.size())}});
    put_context(call, span, message);
    if (Status sent = send(name_at_broker(step.to), message); !sent) {
      return publish_failed(span, sent.error().message);
    }
    return {};
  }

  Result<std::unique_ptr<Consumer>> consume(const ConsumerSpec& spec,
                                            HandleMessages handle) override {
    const auto open = [address = address_, subject = name_at_broker(spec.from),
                       batch = spec.batch] { return NatsSource::open(address, subject, batch); };
    return start_consumer(spec, open, std::move(handle), kFirstConnectTime);
  }

  std::string consumer_span_name(const ConsumerSpec& spec) const override {
    return fmt::format("process {}", spec.from);
  }

  Attributes consumer_attributes(const ConsumerSpec& spec,
                                 const BrokerMessage& message) const override {
    return {{"messaging.system", std::string("nats")},
            {"messaging.operation.name", std::string("process")},
            {"messaging.operation.type", std::string("process")},
            {"messaging.destination.name", spec.from},
            {"messaging.message.body.size", static_cast<std::int64_t>(message.body.size())}};
  }

  std::string describe() const override {
    return fmt::format("NATS at {}:{}: JetStream in memory, acknowledged both ways", address_.host,
                       address_.port);
  }

 private:
  Status send(const std::string& subject, const OutgoingMessage& message) {
    const auto nats = connection_for(subject);
    if (!nats) return failure(nats.error());
    natsMsg* made = nullptr;
    natsStatus status = natsMsg_Create(&made, subject.c_str(), nullptr, message.body.data(),
                                       static_cast<int>(message.body.size()));
    const NatsPointer<natsMsg> out(made);
    const auto add = [&](const char* name, const std::string& value) {
      if (status == NATS_OK && !value.empty())
        status = natsMsgHeader_Set(made, name, value.c_str());
    };
    add(kTraceparentHeader, message.traceparent);
    add(kTraceStateHeader, message.trace_state);
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = std::chrono::milliseconds(kPublishTime).count();
    if (status == NATS_OK) {
      status = js_PublishMsg(nullptr, (*nats)->stream_context.get(), made, &options, nullptr);
    }
    if (status != NATS_OK) return nats_failure(address_, "publishing", status);
    return {};
  }

  /// With the stream of `subject` declared.
  Result<std::shared_ptr<const NatsConnection>> connection_for(const std::string& subject) {
    const std::lock_guard lock(mutex_);
    if (nats_ == nullptr || natsConnection_IsClosed(nats_->connection.get())) {
      auto made = connect_nats(address_);
      if (!made) return failure(made.error());
      nats_ = std::make_shared<const NatsConnection>(std::move(*made));
      declared_.clear();
    }
    if (!declared_.contains(subject)) {
      if (auto done = declare_stream(*nats_, address_, subject); !done) {
        return failure(done.error());
      }
      declared_.insert(subject);
    }
    return nats_;
  }

  const LegAddress address_;
  std::mutex mutex_;
  std::shared_ptr<const NatsConnection> nats_;
  std::set<std::string> declared_;
};

}  // namespace

std::unique_ptr<Broker> broker_nats(const LegAddress& address) {
  return std::make_unique<NatsBroker>(address);
}

}  // namespace tracetax
