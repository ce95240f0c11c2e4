// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/broker/amqp_connection.h"

#include <amqp_tcp_socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace tracetax {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr auto kConnectTime = std::chrono::seconds(2);
constexpr auto kCloseTime = std::chrono::milliseconds(300);

timeval timeval_of(Nanos time) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(std::max(time, Nanos{0}));
  return {.tv_sec = us.count() / 1'000'000, .tv_usec = us.count() % 1'000'000};
}

amqp_bytes_t bytes_of(std::string_view text) {
  return {.len = text.size(), .bytes = const_cast<char*>(text.data())};
}

std::string_view text_of(const amqp_bytes_t& bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}

std::string_view text_of(const amqp_field_value_t& value) {
  const bool is_text = value.kind == AMQP_FIELD_KIND_UTF8 || value.kind == AMQP_FIELD_KIND_BYTES;
  return is_text ? text_of(value.value.bytes) : std::string_view{};
}

/// What the server says when it closes a channel or a connection.
std::string server_error(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
    return fmt::format("{} {}", close->reply_code, text_of(close->reply_text));
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
    return fmt::format("{} {}", close->reply_code, text_of(close->reply_text));
  }
  return fmt::format("method {:#x} came out of turn", method.id);
}

}  // namespace

AmqpConnection::AmqpConnection(const LegAddress& address)
    : address_(address), state_(amqp_new_connection()) {}

AmqpConnection::~AmqpConnection() {
  // What was acknowledged last has to arrive: a socket that is closed with something unread in it
  // is reset, and the broker may never see the rest.
  if (open_) {
    const timeval wait = timeval_of(kCloseTime);
    amqp_set_rpc_timeout(state_, &wait);
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
  }
  amqp_destroy_connection(state_);
}

Result<std::unique_ptr<AmqpConnection>> AmqpConnection::open(const LegAddress& address) {
  std::unique_ptr<AmqpConnection> made(new AmqpConnection(address));
  if (Status connected = made->connect(); !connected) return failure(connected.error());
  return made;
}

Status AmqpConnection::connect() {
  const timeval wait = timeval_of(kConnectTime);
  amqp_set_handshake_timeout(state_, &wait);
  amqp_set_rpc_timeout(state_, &wait);
  amqp_socket_t* socket = amqp_tcp_socket_new(state_);
  const int opened = amqp_socket_open_noblock(socket, address_.host.c_str(), address_.port, &wait);
  if (auto done = check(opened, "connecting"); !done) return done;
  constexpr int kNoHeartbeat = 0;
  if (auto done = check(amqp_login(state_, "/", AMQP_DEFAULT_MAX_CHANNELS, AMQP_DEFAULT_FRAME_SIZE,
                                   kNoHeartbeat, AMQP_SASL_METHOD_PLAIN, "guest", "guest"),
                        "login");
      !done)
    return done;
  open_ = true;
  amqp_channel_open(state_, kChannel);
  return check(amqp_get_rpc_reply(state_), "opening a channel");
}

Status AmqpConnection::check(int status, const char* what) {
  if (status == AMQP_STATUS_OK) return {};
  open_ = false;
  return broker_failure("RabbitMQ", address_,
                        fmt::format("{}: {}", what, amqp_error_string2(status)));
}

Status AmqpConnection::check(const amqp_rpc_reply_t& reply, const char* what) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) return check(reply.library_error, what);
  open_ = false;
  return broker_failure("RabbitMQ", address_,
                        fmt::format("{}: {}", what, server_error(reply.reply)));
}

Status AmqpConnection::declare(const std::string& queue) {
  if (declared_.contains(queue)) return {};
  constexpr amqp_boolean_t kPassive = 0, kDurable = 0, kExclusive = 0, kAutoDelete = 1;
  amqp_queue_declare(state_, kChannel, bytes_of(queue), kPassive, kDurable, kExclusive, kAutoDelete,
                     amqp_empty_table);
  auto done = check(amqp_get_rpc_reply(state_), "declaring a queue");
  if (done) declared_.insert(queue);
  return done;
}

Status AmqpConnection::send(const std::string& queue, const OutgoingMessage& message) {
  if (!confirms_) {
    amqp_confirm_select(state_, kChannel);
    if (auto done = check(amqp_get_rpc_reply(state_), "asking for confirms"); !done) return done;
    confirms_ = true;
  }
  std::array<amqp_table_entry_t, 2> headers{};
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG;
  properties.content_type = amqp_cstring_bytes("application/json");
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    amqp_table_entry_t& entry =
        headers.at(static_cast<std::size_t>(properties.headers.num_entries++));
    entry.key = amqp_cstring_bytes(name);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = bytes_of(value);
  };
  add(kTraceparentHeader, message.traceparent);
  add(kTraceStateHeader, message.trace_state);
  if (properties.headers.num_entries > 0) {
    properties.headers.entries = headers.data();
    properties._flags |= AMQP_BASIC_HEADERS_FLAG;
  }
  constexpr amqp_boolean_t kMandatory = 1, kImmediate = 0;
  return check(amqp_basic_publish(state_, kChannel, amqp_empty_bytes, bytes_of(queue), kMandatory,
                                  kImmediate, &properties, bytes_of(message.body)),
               "publishing");
}

Status AmqpConnection::confirm(Nanos wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  bool came_back = false;
  for (;;) {
    amqp_maybe_release_buffers(state_);
    amqp_frame_t frame{};
    const timeval left = timeval_of(until - std::chrono::steady_clock::now());
    const int status = amqp_simple_wait_frame_noblock(state_, &frame, &left);
    if (status == AMQP_STATUS_TIMEOUT) {
      open_ = false;
      return broker_failure("RabbitMQ", address_, "no confirm of a message within 5 s");
    }
    if (auto done = check(status, "waiting for a confirm"); !done) return done;
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;  // of a message that came back
    const amqp_method_t& method = frame.payload.method;
    if (method.id == AMQP_BASIC_RETURN_METHOD) {
      came_back = true;
    } else if (method.id == AMQP_BASIC_ACK_METHOD) {
      if (!came_back) return {};
      declared_.clear();
      return broker_failure("RabbitMQ", address_, "a message came back: its queue is gone");
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      return broker_failure("RabbitMQ", address_, "a message was refused");
    } else {
      open_ = false;
      return broker_failure("RabbitMQ", address_, server_error(method));
    }
  }
}

Status AmqpConnection::consume(const std::string& queue, int prefetch) {
  amqp_basic_qos(state_, kChannel, 0, static_cast<std::uint16_t>(prefetch), 0);
  if (auto done = check(amqp_get_rpc_reply(state_), "prefetch"); !done) return done;
  constexpr amqp_boolean_t kNoLocal = 0, kNoAck = 0, kExclusive = 0;
  amqp_basic_consume(state_, kChannel, bytes_of(queue), amqp_empty_bytes, kNoLocal, kNoAck,
                     kExclusive, amqp_empty_table);
  return check(amqp_get_rpc_reply(state_), "consuming");
}

Result<std::optional<BrokerMessage>> AmqpConnection::next(Nanos wait) {
  amqp_maybe_release_buffers(state_);
  amqp_envelope_t envelope{};
  const timeval time = timeval_of(wait);
  const amqp_rpc_reply_t reply = amqp_consume_message(state_, &envelope, &time, 0);
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
      reply.library_error == AMQP_STATUS_TIMEOUT)
    return std::nullopt;
  if (auto done = check(reply, "consuming"); !done) return failure(done.error());
  BrokerMessage message;
  message.body = text_of(envelope.message.body);
  const amqp_basic_properties_t& properties = envelope.message.properties;
  if ((properties._flags & AMQP_BASIC_HEADERS_FLAG) != 0) {
    std::string_view traceparent, trace_state;
    for (int i = 0; i < properties.headers.num_entries; ++i) {
      const amqp_table_entry_t& entry = properties.headers.entries[i];
      if (text_of(entry.key) == kTraceparentHeader) traceparent = text_of(entry.value);
      if (text_of(entry.key) == kTraceStateHeader) trace_state = text_of(entry.value);
    }
    take_context(traceparent, trace_state, message);
  }
  last_tag_ = envelope.delivery_tag;
  amqp_destroy_envelope(&envelope);
  return message;
}

Status AmqpConnection::acknowledge() {
  constexpr amqp_boolean_t kAllBefore = 1;
  return check(amqp_basic_ack(state_, kChannel, last_tag_, kAllBefore), "acknowledging");
}

}  // namespace tracetax
