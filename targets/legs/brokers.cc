// Every kind of broker.
// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/leg.h"

namespace tracetax {

// Each is in a file of broker/.
std::unique_ptr<Broker> broker_rabbitmq(const LegAddress& address);
std::unique_ptr<Broker> broker_ring(const LegAddress& address);
std::unique_ptr<Broker> broker_kafka(const LegAddress& address);
std::unique_ptr<Broker> broker_nats(const LegAddress& address);

static Result<std::unique_ptr<Broker>> broker_of(BrokerKind kind, const LegAddress& address) {
  switch (kind) {
    case BrokerKind::rabbitmq:
      return broker_rabbitmq(address);
    case BrokerKind::ring:
      return broker_ring(address);
#ifdef TRACETAX_SHARED_CLIENTS
    case BrokerKind::kafka:
      return broker_kafka(address);
    case BrokerKind::nats:
      return broker_nats(address);
#else
    case BrokerKind::kafka:
    case BrokerKind::nats:
      break;
#endif
  }
  return failure(ExitCode::usage,
                 "this tracetax-target has no client for Kafka or NATS: it is linked statically, "
                 "for packages; one that is built from source has them");
}

Result<std::unique_ptr<Broker>> make_broker(const BrokerLeg& leg, const LegAddress& address) {
  if (!leg.traced_as.empty()) {
    return failure(ExitCode::usage,
                   fmt::format("broker '{}': unknown instrumentation '{}'; each kind has one, so "
                               "\"traced_as\" has to be left out",
                               leg.name, leg.traced_as));
  }
  return broker_of(leg.kind, address);
}

}  // namespace tracetax
