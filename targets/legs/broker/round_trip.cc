// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/broker/round_trip.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

constexpr std::chrono::seconds kRoundTripTime{4};
constexpr std::array<std::pair<std::string_view, BrokerKind>, 4> kBrokerNames{
    {{"rabbitmq", BrokerKind::rabbitmq},
     {"kafka", BrokerKind::kafka},
     {"nats", BrokerKind::nats},
     {"ring", BrokerKind::ring}}};

Status send_and_take(const std::string& broker_and_address) {
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
  arrived.get_future().wait();
  return {};
}

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
  // In a thread that may be left behind: clients wait longer than who asks for readiness does.
  std::packaged_task<Status(std::string)> task(send_and_take);
  auto done = task.get_future();
  std::thread(std::move(task), std::string(broker_and_address)).detach();
  if (done.wait_for(kRoundTripTime) == std::future_status::ready) return done.get();
  return failure(ExitCode::fail, fmt::format("{}: no message came back within {} s",
                                             broker_and_address, kRoundTripTime.count()));
}

}  // namespace tracetax
