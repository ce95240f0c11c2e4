// Drives one side of a broker for the tests of the brokers themselves, a JSON line for each thing
// that happens:
//   broker_probe KIND=HOST:PORT publish QUEUE COUNT
//   broker_probe KIND=HOST:PORT consume QUEUE BATCH WITHIN_MS    until SIGTERM
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "targets/legs/broker/round_trip.h"
#include "targets/request/json_text.h"
#include "targets/tracing/ids.h"

namespace tracetax {
namespace {

using Arguments = std::vector<std::string>;
using ProbeClock = std::chrono::steady_clock;

void write_probe_line(std::string line) {
  line += '\n';
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(1);
}

std::string quoted_json(std::string_view text) {
  std::string json;
  append_json_string(text, json, JsonEscapes::none);
  return json;
}

long ms_since(ProbeClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(ProbeClock::now() - begin).count();
}

/// Traces as a no-op tracer does: the caller's context is what goes on.
int publish(Broker& broker, const std::string& queue, int count) {
  TracingConfig config;
  config.state = TracerState::noop;
  const auto tracer = Tracer::make(config, std::vector<ExporterPool>{}).value();
  for (int n = 1; n <= count; ++n) {
    const TraceContext context{random_trace_id(), random_span_id(), kSampledFlag};
    auto carried = std::make_shared<const Carried>(Carried{.trace_state = "probe=1"});
    const Span parent =
        tracer->start_span("probe", SpanKind::server, Caller{context, carried}, Attributes{});
    Values values;
    values.set("n", std::to_string(n));
    const auto begin = ProbeClock::now();
    const LegResult sent = broker.publish({.broker = {}, .to = queue},
                                          {.tracer = *tracer, .parent = &parent, .values = values});
    write_probe_line(fmt::format(R"({{"n":{},"traceparent":"{}","ms":{},"error":{}}})", n,
                                 format_traceparent(context), ms_since(begin),
                                 quoted_json(sent.error)));
  }
  return 0;
}

int consume(Broker& broker, ConsumerSpec spec) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  auto consumer = broker.consume(spec, [&](std::span<const BrokerMessage> messages) {
    std::string line;
    for (const BrokerMessage& message : messages) {
      line += fmt::format(R"({}{{"body":{},"traceparent":"{}","tracestate":{},"attributes":{}}})",
                          line.empty() ? "" : ",", message.body,
                          message.context ? format_traceparent(*message.context) : "",
                          quoted_json(message.trace_state),
                          broker.consumer_attributes(spec, message).size());
    }
    write_probe_line(fmt::format(R"({{"batch":[{}]}})", line));
  });
  if (!consumer) {
    fmt::print(stderr, "{}\n", consumer.error().message);
    return 1;
  }
  write_probe_line(fmt::format(R"({{"ready":{}}})", quoted_json(broker.consumer_span_name(spec))));
  int got = 0;
  sigwait(&ends, &got);
  const auto begin = ProbeClock::now();
  consumer->reset();
  write_probe_line(fmt::format(R"({{"stopped_ms":{}}})", ms_since(begin)));
  return 0;
}

int run_probe(const Arguments& all) {
  auto broker = broker_at(all.at(0));
  if (!broker) {
    fmt::print(stderr, "{}\n", broker.error().message);
    return 2;
  }
  if (all.at(1) == "publish") return publish(**broker, all.at(2), std::stoi(all.at(3)));
  ConsumerSpec spec;
  spec.from = all.at(2);
  spec.batch = std::stoi(all.at(3));
  spec.within = std::chrono::milliseconds(std::stoi(all.at(4)));
  return consume(**broker, spec);
}

}  // namespace
}  // namespace tracetax

int main(int argc, char** argv) { return tracetax::run_probe({argv + 1, argv + argc}); }
