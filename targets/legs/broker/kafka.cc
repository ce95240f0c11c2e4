// Kafka by librdkafka, as services in Go use it with sarama: a SyncProducer that waits for the
// leader (acks=1), and a consumer group that commits marked offsets each second. Spans:
// dnwe/otelsarama v0.43.0 (producer.go, dispatcher.go), whose CONSUMER span ends when the message
// is handed to the service; here it lasts until the message is handled.
// SPDX-License-Identifier: Apache-2.0
#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "targets/legs/broker/consumer_loop.h"
#include "targets/legs/broker/message.h"

namespace tracetax {
namespace {

constexpr auto kKafkaClose = std::chrono::milliseconds(500);
constexpr int kKafkaTopicMs = 5000;

struct KafkaDeleter {
  void operator()(rd_kafka_t* handle) const {
    // Nothing that waits for a broker: what had to be said to it has been said, or will not be.
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
template <typename Thing>
using KafkaPointer = std::unique_ptr<Thing, KafkaDeleter>;
using KafkaHandle = KafkaPointer<rd_kafka_t>;
using KafkaOptions = std::vector<std::pair<const char*, std::string>>;

/// One publish that waits for its report.
struct Delivery {
  std::mutex mutex;
  std::condition_variable arrived;
  bool done = false;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::int64_t offset = -1;
  std::int32_t partition = -1;
};

void on_delivery(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message, void* /*opaque*/) {
  auto& delivery = *static_cast<Delivery*>(message->_private);
  const std::lock_guard lock(delivery.mutex);
  delivery.error = message->err;
  delivery.offset = message->offset;
  delivery.partition = message->partition;
  delivery.done = true;
  delivery.arrived.notify_one();
}

void say_nothing(const rd_kafka_t* /*handle*/, int /*level*/, const char* /*facility*/,
                 const char* /*text*/) {}

Result<KafkaHandle> make_handle(rd_kafka_type_t type, const LegAddress& address,
                                const KafkaOptions& options) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 256> why{};
  for (const auto& [name, value] : options) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return broker_failure("Kafka", address, why.data());
    }
  }
  rd_kafka_conf_set_log_cb(conf, say_nothing);  // what matters comes as an error of a call
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  KafkaHandle handle(rd_kafka_new(type, conf, why.data(), why.size()));
  if (handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    return broker_failure("Kafka", address, why.data());
  }
  return handle;
}

/// One partition; no error if it is there already.
Status create_topic(rd_kafka_t* handle, const LegAddress& address, const std::string& name) {
  std::array<char, 256> why{};
  const KafkaPointer<rd_kafka_NewTopic_t> topic(
      rd_kafka_NewTopic_new(name.c_str(), 1, 1, why.data(), why.size()));
  if (topic == nullptr) return broker_failure("Kafka", address, why.data());
  const KafkaPointer<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle));
  rd_kafka_AdminOptions_t* options =
      rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_AdminOptions_set_request_timeout(options, kKafkaTopicMs, why.data(), why.size());
  rd_kafka_NewTopic_t* topics = topic.get();
  rd_kafka_CreateTopics(handle, &topics, 1, options, queue.get());
  rd_kafka_AdminOptions_destroy(options);
  const KafkaPointer<rd_kafka_event_t> event(
      rd_kafka_queue_poll(queue.get(), kKafkaTopicMs + 1000));
  if (event == nullptr) return broker_failure("Kafka", address, "no topic made within 6 s");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return broker_failure("Kafka", address, rd_kafka_event_error_string(event.get()));
  }
  std::size_t count = 0;
  const auto* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      return broker_failure("Kafka", address, rd_kafka_err2str(error));
    }
  }
  return {};
}

class KafkaSource final : public MessageSource {
 public:
  static Result<std::unique_ptr<MessageSource>> open(const LegAddress& address,
                                                     const std::string& topic) {
    // A broker that stands still for a while is not left: its messages come when it goes on.
    auto handle =
        make_handle(RD_KAFKA_CONSUMER, address,
                    {{"bootstrap.servers", fmt::format("{}:{}", address.host, address.port)},
                     {"group.id", topic},
                     {"auto.offset.reset", "earliest"},
                     {"enable.auto.offset.store", "false"},
                     {"auto.commit.interval.ms", "1000"},
                     {"fetch.wait.max.ms", "100"},
                     {"reconnect.backoff.max.ms", "1000"},
                     {"topic.metadata.refresh.interval.ms", "10000"}});
    if (!handle) return failure(handle.error());
    if (auto made = create_topic(handle->get(), address, topic); !made) {
      return failure(made.error());
    }
    auto source = std::make_unique<KafkaSource>(address, topic, std::move(*handle));
    const KafkaPointer<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_t* kafka = source->handle_.get();
    rd_kafka_poll_set_consumer(kafka);
    if (const auto error = rd_kafka_subscribe(kafka, list.get());
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return broker_failure("Kafka", address, rd_kafka_err2str(error));
    }
    return source;
  }

  KafkaSource(const LegAddress& address, std::string topic, KafkaHandle handle)
      : address_(address), topic_(std::move(topic)), handle_(std::move(handle)) {}

  ~KafkaSource() override {
    // Leaves the group and commits, if a broker answers. If none does, librdkafka's threads are
    // left to the program's end: nothing of it can be taken down without waiting for that broker.
    const rd_kafka_metadata_t* answer = nullptr;
    constexpr int kAnswerMs = 300;
    if (rd_kafka_metadata(handle_.get(), 0, nullptr, &answer, kAnswerMs) !=
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      static_cast<void>(handle_.release());
      return;
    }
    rd_kafka_metadata_destroy(answer);
    const KafkaPointer<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle_.get()));
    rd_kafka_error_t* refused = rd_kafka_consumer_close_queue(handle_.get(), queue.get());
    if (refused != nullptr) {
      rd_kafka_error_destroy(refused);
      return;
    }
    const auto until = std::chrono::steady_clock::now() + kKafkaClose;
    while (rd_kafka_consumer_closed(handle_.get()) == 0 &&
           std::chrono::steady_clock::now() < until) {
      const KafkaPointer<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), 20));
      if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE)
        continue;
      rd_kafka_assign(handle_.get(), nullptr);
    }
  }

  Result<std::optional<BrokerMessage>> next(Nanos wait) override {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
    const KafkaPointer<rd_kafka_message_t> came(
        rd_kafka_consumer_poll(handle_.get(), static_cast<int>(ms)));
    if (came == nullptr) return std::nullopt;
    if (came->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        came->err == RD_KAFKA_RESP_ERR__FATAL) {
      return broker_failure("Kafka", address_, rd_kafka_message_errstr(came.get()));
    }
    // A broker that is away: librdkafka connects again by itself.
    if (came->err != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
    BrokerMessage message;
    message.body.assign(static_cast<const char*>(came->payload), came->len);
    message.id = std::to_string(came->offset);
    message.partition = came->partition;
    take_context(header(*came, kTraceparentHeader), header(*came, kTraceStateHeader), message);
    partition_ = came->partition;
    next_offset_ = came->offset + 1;
    return message;
  }

  Status acknowledge() override {
    const KafkaPointer<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition_)->offset =
        next_offset_;
    rd_kafka_offsets_store(handle_.get(),
                           list.get());  // fails if the partition is another's by now
    return {};
  }

 private:
  static std::string_view header(const rd_kafka_message_t& message, const char* name) {
    rd_kafka_headers_t* headers = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return {};
    }
    return {static_cast<const char*>(value), size};
  }

  const LegAddress address_;
  const std::string topic_;  // of one partition
  KafkaHandle handle_;
  std::int32_t partition_ = 0;
  std::int64_t next_offset_ = 0;
};

class KafkaBroker final : public Broker {
 public:
  explicit KafkaBroker(const LegAddress& address) : address_(address) {}

  ~KafkaBroker() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    if (reports_.joinable()) reports_.join();
  }

  LegResult publish(const PublishStep& step, const LegCall& call) override {
    OutgoingMessage message{.body = json_of(call.values), .traceparent = {}, .trace_state = {}};
    // Sarama's estimate for messages with headers, less those that the span itself adds.
    constexpr std::size_t kRecordOverhead = 36;
    auto span =
        start_producer_span(call, fmt::format("{} publish", step.to),
                            {{"messaging.system", std::string("kafka")},
                             {"messaging.destination.kind", std::string("topic")},
                             {"messaging.destination.name", step.to},
                             {"messaging.message.payload_size_bytes",
                              static_cast<std::int64_t>(message.body.size() + kRecordOverhead)},
                             {"messaging.operation", std::string("publish")}});
    put_context(call, span, message);
    Delivery delivery;
    const Status sent = send(name_at_broker(step.to), message, delivery);
    if (span) {
      span->set_attributes({{"messaging.message.id", std::to_string(delivery.offset)},
                            {"messaging.kafka.destination.partition",
                             static_cast<std::int64_t>(delivery.partition)}});
    }
    if (!sent) return publish_failed(span, sent.error().message);
    return {};
  }

  Result<std::unique_ptr<Consumer>> consume(const ConsumerSpec& spec,
                                            HandleMessages handle) override {
    const auto open = [address = address_, topic = name_at_broker(spec.from)] {
      return KafkaSource::open(address, topic);
    };
    return start_consumer(spec, open, std::move(handle), kFirstConnectTime);
  }

  std::string consumer_span_name(const ConsumerSpec& spec) const override {
    return fmt::format("{} receive", spec.from);
  }

  Attributes consumer_attributes(const ConsumerSpec& spec,
                                 const BrokerMessage& message) const override {
    return {{"messaging.system", std::string("kafka")},
            {"messaging.destination.kind", std::string("topic")},
            {"messaging.destination.name", spec.from},
            {"messaging.operation", std::string("receive")},
            {"messaging.message.id", message.id},
            {"messaging.kafka.source.partition", static_cast<std::int64_t>(message.partition)}};
  }

  std::string describe() const override {
    return fmt::format("Kafka at {}:{}: synchronous, acks=1; offsets committed each second",
                       address_.host, address_.port);
  }

 private:
  /// With the topic made.
  Result<rd_kafka_t*> producer(const std::string& topic) {
    const std::lock_guard lock(mutex_);
    if (producer_ == nullptr) {
      auto handle =
          make_handle(RD_KAFKA_PRODUCER, address_,
                      {{"bootstrap.servers", fmt::format("{}:{}", address_.host, address_.port)},
                       {"acks", "1"},
                       {"linger.ms", "0"},
                       {"reconnect.backoff.max.ms", "1000"},
                       {"message.timeout.ms",
                        std::to_string(std::chrono::milliseconds(kPublishTime).count())}});
      if (!handle) return failure(handle.error());
      producer_ = std::move(*handle);
      reports_ = std::thread([this] { take_reports(); });
    }
    if (!topics_.contains(topic)) {
      if (auto made = create_topic(producer_.get(), address_, topic); !made) {
        return failure(made.error());
      }
      topics_.insert(topic);
    }
    return producer_.get();
  }

  Status send(const std::string& topic, const OutgoingMessage& message, Delivery& delivery) {
    const auto kafka = producer(topic);
    if (!kafka) return failure(kafka.error());
    rd_kafka_headers_t* headers = rd_kafka_headers_new(2);
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty())
        rd_kafka_header_add(headers, name, -1, value.data(), static_cast<ssize_t>(value.size()));
    };
    add(kTraceparentHeader, message.traceparent);
    add(kTraceStateHeader, message.trace_state);
    std::array<rd_kafka_vu_t, 5> parts{};
    parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[0].u.cstr = topic.c_str();
    parts[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[1].u.i = RD_KAFKA_MSG_F_COPY;
    parts[2].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[2].u.mem.ptr = const_cast<char*>(message.body.data());
    parts[2].u.mem.size = message.body.size();
    parts[3].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts[3].u.headers = headers;
    parts[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[4].u.ptr = &delivery;
    rd_kafka_error_t* refused = rd_kafka_produceva(*kafka, parts.data(), parts.size());
    if (refused != nullptr) {
      const auto why = broker_failure("Kafka", address_, rd_kafka_error_string(refused));
      rd_kafka_error_destroy(refused);
      rd_kafka_headers_destroy(headers);
      return why;
    }
    // Each message that was taken gets its report, at the latest when message.timeout.ms has
    // passed, to which librdkafka looks each second.
    std::unique_lock lock(delivery.mutex);
    delivery.arrived.wait(lock, [&] { return delivery.done; });
    if (delivery.error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return broker_failure("Kafka", address_, rd_kafka_err2str(delivery.error));
  }

  void take_reports() {
    for (;;) {
      rd_kafka_poll(producer_.get(), 100);
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
  }

  const LegAddress address_;
  std::mutex mutex_;
  bool stopping_ = false;
  KafkaHandle producer_;
  std::set<std::string> topics_;
  std::thread reports_;  // hands reports to who waits for them
};

}  // namespace

std::unique_ptr<Broker> broker_kafka(const LegAddress& address) {
  return std::make_unique<KafkaBroker>(address);
}

}  // namespace tracetax
