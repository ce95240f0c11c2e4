// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/broker/round_trip.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <future>

#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

constexpr auto kBackWithin = std::chrono::seconds(5);
constexpr std::array<std::pair<std::string_view, BrokerKind>, 4> kBrokerNames{
    {{"rabbitmq", BrokerKind::rabbitmq},
     {"kafka", BrokerKind::kafka},
     {"nats", BrokerKind::nats},
     {"ring", BrokerKind::ring}}};

}  // namespace

Result<std::unique_ptr<Broker>> broker_at(std::string_view text) {
  const auto equals = text.find('=');
  if (equals != text.npos) {
    const std::string url = fmt::format("http://{}", text.substr(equals + 1));
    const UrlParts parts = split_url(url);
    const auto port =
        parse_port(parts.after_host.starts_with(':') ? parts.after_host.substr(1) : "");
    for (const auto& [name, kind] : kBrokerNames) {
      if (name != text.substr(0, equals) || !port || parts.host.empty()) continue;
      BrokerLeg leg;
      leg.name = name;
      leg.kind = kind;
      return make_broker(leg, {.host = std::string(parts.host), .port = *port});
    }
  }
  return failure(ExitCode::usage,
                 fmt::format("'{}' is no broker; right is like rabbitmq=127.0.0.1:5672, with "
                             "rabbitmq, kafka, nats or ring",
                             text));
}

Status round_trip(std::string_view broker_and_address) {
  const auto broker = broker_at(broker_and_address);
  if (!broker) return failure(broker.error());
  const auto tracer = Tracer::make(TracingConfig{}, std::vector<ExporterPool>{});
  if (!tracer) return failure(tracer.error());
  ConsumerSpec spec;
  spec.from = fmt::format("tracetax.ready.{}", getpid());
  std::promise<void> arrived;
  std::atomic<bool> is_first = true;
  const auto consumer = (*broker)->consume(spec, [&](std::span<const BrokerMessage>) {
    if (is_first.exchange(false)) arrived.set_value();
  });
  if (!consumer) return failure(consumer.error());
  Values values;
  const LegResult sent = (*broker)->publish(
      {.broker = {}, .to = spec.from}, {.tracer = **tracer, .parent = nullptr, .values = values});
  if (sent.end != LegEnd::done) return failure(ExitCode::fail, sent.error);
  if (arrived.get_future().wait_for(kBackWithin) == std::future_status::ready) return {};
  return failure(ExitCode::fail,
                 fmt::format("{}: a message did not come back within 5 s", broker_and_address));
}

}  // namespace tracetax
