// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_alone.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "harness/run/sink/sink_doors.h"
#include "harness/run/sink/sink_totals.h"

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

Status run_sink_alone(const SinkAloneOptions& options) {
  SinkTotals totals(options.memory_bytes, kIdsKept);
  const auto doors = open_doors(options.doors, totals);
  if (!doors) return failure(doors.error());
  asio::io_context& io = doors->http->io();
  try {
    asio::signal_set stop(io, SIGINT, SIGTERM);
    stop.async_wait([&io](const boost::system::error_code& error, int) {
      if (!error) io.stop();
    });
    if (!options.quiet) asio::co_spawn(io, print_seconds(io, totals), asio::detached);
    fmt::print(
        stderr, "listening on http://127.0.0.1:{}/v1/traces{}\n", doors->http->port(),
        doors->grpc ? fmt::format(" and on 127.0.0.1:{} for OTLP/gRPC", doors->grpc->port()) : "");
    io.run();
  } catch (const std::exception& error) {
    return failure(ExitCode::internal, fmt::format("sink: {}", error.what()));
  }
  // A reader that has gone away is no failure of the sink.
  static_cast<void>(print(totals.totals_text()));
  return {};
}

}  // namespace tracetax
