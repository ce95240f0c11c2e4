// What a leg is: the client side of a store or a broker. A leg blocks its caller until the other
// side has answered, as its library does; services with legs run with many threads. A leg makes the
// spans of the instrumentation that Go services use for it, unless nothing traces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/topology/topology.h"
#include "targets/legs/values.h"
#include "targets/request/exchange.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// One step under way.
struct LegCall {
  Tracer& tracer;
  const Span* parent;  // null: nothing traces
  Values& values;
};

enum class LegEnd {
  done,
  none,    // the step's branch: no row, nil, no document
  failed,  // no connection, a time-out, an error of the other side
};

struct LegResult {
  LegEnd end = LegEnd::done;
  std::string error;  // of `failed`: one line
};

/// {name} in `text` replaced by values, {uuid} by a fresh one, {n} by the next number of this
/// process.
[[nodiscard]] std::string filled_in(std::string_view text, const Values& values);

/// A store. Any number of threads; each call takes a connection of the pool.
class Store {
 public:
  virtual ~Store() = default;
  /// Done once, before anything is served: StoreLeg::setup. Waits for the store for up to 10 s.
  [[nodiscard]] virtual Status set_up(const std::vector<std::string>& setup) = 0;
  /// A store of another kind than the step's answers `failed`; the reader refuses such a topology.
  [[nodiscard]] virtual LegResult run(const SqlStep& step, const LegCall& call) = 0;
  [[nodiscard]] virtual LegResult run(const StoreStep& step, const LegCall& call) = 0;
  /// One line for --explain.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// A message that has come.
struct BrokerMessage {
  std::string body;  // all values as a JSON object
  std::optional<TraceContext> context;
  std::string trace_state;
  std::string id{};  // where the broker numbers its messages, as Kafka does
  std::int32_t partition = 0;
};

/// Handles one delivery: one message, or up to ConsumerSpec::batch of them. They are acknowledged
/// when it has returned.
using HandleMessages = std::function<void(std::span<const BrokerMessage> messages)>;

/// A running consumer: a thread of its own. Its end waits for what is being handled.
class Consumer {
 public:
  virtual ~Consumer() = default;
};

/// A broker. Any number of threads.
class Broker {
 public:
  virtual ~Broker() = default;
  /// Makes the PRODUCER span, sends and waits until the broker has taken the message, as far as its
  /// usual client does.
  [[nodiscard]] virtual LegResult publish(const PublishStep& step, const LegCall& call) = 0;
  /// Declares what is consumed if it is not there, and begins. The spans of a delivery are made by
  /// who handles it, with the name that consumer_span_name() gives.
  [[nodiscard]] virtual Result<std::unique_ptr<Consumer>> consume(const ConsumerSpec& spec,
                                                                  HandleMessages handle) = 0;
  /// The CONSUMER span's name and its attributes, as the usual instrumentation has them.
  [[nodiscard]] virtual std::string consumer_span_name(const ConsumerSpec& spec) const = 0;
  [[nodiscard]] virtual Attributes consumer_attributes(const ConsumerSpec& spec,
                                                       const BrokerMessage& message) const = 0;
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Where the other side listens.
struct LegAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

/// Opens nothing yet. Usage error where `leg.traced_as` is unknown; it names what is known.
[[nodiscard]] Result<std::unique_ptr<Store>> make_store(const StoreLeg& leg,
                                                        const LegAddress& address);
[[nodiscard]] Result<std::unique_ptr<Broker>> make_broker(const BrokerLeg& leg,
                                                          const LegAddress& address);

}  // namespace tracetax
