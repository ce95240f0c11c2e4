// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/alone/sink_alone.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "harness/run/sink/alone/sink_totals.h"
#include "harness/run/sink/faulty_receiver.h"
#include "harness/run/sink/sink_doors.h"

namespace tracetax {
namespace asio = boost::asio;

namespace {

/// Ids told apart for traces, spans and duplicates: some 150 MB at the most.
constexpr std::size_t kIdsKept = 1'000'000;

/// False when nobody reads any more.
[[nodiscard]] bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

[[nodiscard]] std::string addresses_text(const DoorsWanted& wanted, const SinkDoors& doors) {
  const bool brackets = wanted.host.find(':') != std::string::npos;
  const std::string host = brackets ? fmt::format("[{}]", wanted.host) : wanted.host;
  std::string text =
      fmt::format("listening on {}://{}:{}/v1/traces",
                  wanted.spec.tls.cert_file.empty() ? "http" : "https", host, doors.http_port());
  if (const auto port = doors.grpc_port())
    text += fmt::format(" and on {}:{} for OTLP/gRPC", host, *port);
  return text + "\n";
}

asio::awaitable<void> print_seconds(asio::io_context& io, const SinkTotals& totals) {
  const auto start = std::chrono::steady_clock::now();
  asio::steady_timer timer(io);
  SinkCounts before;
  for (std::uint64_t second = 1;; ++second) {
    timer.expires_at(start + std::chrono::seconds{second});
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const SinkCounts now = totals.counts();
    const bool came = now.payloads > before.payloads || now.malformed > before.malformed ||
                      now.refused > before.refused || now.other_signals > before.other_signals ||
                      now.refusals.total() > before.refusals.total();
    if (came && !print(second_line(second, before, now))) break;
    before = now;
  }
  io.stop();
}

}  // namespace

Result<std::optional<double>> serve_until_stopped(const DoorsWanted& wanted,
                                                  PayloadReceiver& receiver,
                                                  const std::function<void(SinkDoors&)>& ready) {
  FaultyReceiver faulty(receiver);
  auto doors = open_doors(wanted, faulty);
  if (!doors) return failure(doors.error());
  asio::io_context& io = (*doors)->io();
  SinkRestart restart(**doors, faulty);
  faulty.plant(wanted.spec.faults);
  restart.plan(wanted.spec.faults);
  try {
    asio::signal_set stop(io, SIGINT, SIGTERM);
    stop.async_wait([&io](const boost::system::error_code& error, int) {
      if (!error) io.stop();
    });
    ready(**doors);
    fmt::print(stderr, "{}", addresses_text(wanted, **doors));
    io.run();
  } catch (const std::exception& error) {
    return failure(ExitCode::internal, fmt::format("sink: {}", error.what()));
  }
  return faulty.recovery_ms();
}

Status run_sink_alone(const SinkAloneOptions& options) {
  SinkTotals totals(options.memory_bytes, kIdsKept);
  const auto recovery = serve_until_stopped(options.doors, totals, [&](SinkDoors& doors) {
    if (!options.quiet)
      asio::co_spawn(doors.io(), print_seconds(doors.io(), totals), asio::detached);
  });
  if (!recovery) return failure(recovery.error());
  // A reader that has gone away is no failure of the sink.
  static_cast<void>(print(totals.totals_text()));
  if (*recovery) {
    static_cast<void>(print(
        fmt::format("  {:<20}{:>11.0f} ms after the faults ended\n", "first taken", **recovery)));
  }
  return {};
}

}  // namespace tracetax
