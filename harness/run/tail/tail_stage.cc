// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_stage.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <cstdio>
#include <utility>

#include "harness/otlp/unpack.h"
#include "harness/run/sink/alone/sink_alone.h"
#include "harness/run/sink/sink_visit.h"
#include "harness/run/tail/tail_metrics.h"

namespace tracetax {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

using TailClock = std::chrono::steady_clock;
// As the Collector's batch processor has it with `timeout: 200ms`.
constexpr std::uint64_t kBatchSpans = 8192;
constexpr std::chrono::milliseconds kBatchWait{200};
constexpr int kBatchWaitsInTick = 5;  // a tick is a second
constexpr std::size_t kBatchBytes = std::size_t{8} << 20U;
constexpr int kUnsupportedMediaType = 415;
constexpr std::chrono::seconds kScrapePatience{10};

/// All on the doors' thread, but what the exporter does.
class TailStage final : public PayloadReceiver {
 public:
  explicit TailStage(const TailStageOptions& options)
      : memory_bytes_(options.memory_bytes),
        exporter_(options.to),
        sampler_(options.rules, [this](std::string_view bytes, std::uint64_t spans) {
          outgoing_ += bytes;
          outgoing_spans_ += spans;
          if (outgoing_spans_ >= kBatchSpans || outgoing_.size() >= kBatchBytes) flush();
        }) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const override {
    return sampler_.bytes_held() + exporter_.bytes_held() + outgoing_.size() + bytes <=
           memory_bytes_;
  }
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void no_room() override {}
  void refused(std::string_view /*reason*/) override {}
  void other_signal() override {}

  asio::awaitable<void> keep_time();
  /// The acceptor is its own, so that it ends with the doors' io_context.
  asio::awaitable<void> answer_scrapes(tcp::acceptor acceptor);
  void end();
  [[nodiscard]] TailNumbers numbers() const;

 private:
  void flush();
  asio::awaitable<void> answer_scrape(tcp::socket socket);

  const std::uint64_t memory_bytes_;
  TailExporter exporter_;
  TailSampler sampler_;
  std::string outgoing_;
  std::uint64_t outgoing_spans_ = 0;
};

PayloadVerdict TailStage::receive(OtlpPayload payload) {
  if (payload.format != OtlpFormat::protobuf) {
    return {.answer = PayloadAnswer::status,
            .message = "a tail stage takes application/x-protobuf only",
            .status = kUnsupportedMediaType};
  }
  if (payload.encoding != OtlpEncoding::identity) {
    auto plain = unpack_otlp(payload.encoding, payload.body);
    if (!plain) return {PayloadAnswer::malformed, plain.error().within("OTLP payload").message};
    payload.body = std::move(*plain);
  }
  auto pieces = split_by_trace(payload.body);
  if (!pieces) return {PayloadAnswer::malformed, pieces.error().message};
  const auto now = TailClock::now();
  for (TracePiece& piece : *pieces) sampler_.add(std::move(piece), now);
  return {};
}

asio::awaitable<void> TailStage::keep_time() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto due = TailClock::now();
  for (int waits = 1;; ++waits) {
    // A tick that is much too late is not made up for by two at once.
    due = std::max(due + kBatchWait, TailClock::now());
    timer.expires_at(due);
    co_await timer.async_wait(kAsTuple);
    if (waits % kBatchWaitsInTick == 0) sampler_.tick(TailClock::now());
    flush();
  }
}

void TailStage::flush() {
  if (outgoing_spans_ == 0) return;
  exporter_.send(std::exchange(outgoing_, {}), std::exchange(outgoing_spans_, 0));
}

void TailStage::end() {
  sampler_.end(TailClock::now());
  flush();
  exporter_.finish();
}

TailNumbers TailStage::numbers() const {
  return {.counts = sampler_.counts(),
          .policies = sampler_.rules().policies,
          .traces_in_memory = sampler_.traces_in_memory(),
          .sent_spans = exporter_.sent_spans(),
          .failed_spans = exporter_.failed_spans()};
}

asio::awaitable<void> TailStage::answer_scrapes(tcp::acceptor acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kAsTuple);
    if (!error) {
      asio::co_spawn(acceptor.get_executor(), answer_scrape(std::move(socket)), asio::detached);
      continue;
    }
    asio::steady_timer pause(acceptor.get_executor(), kBatchWait);
    co_await pause.async_wait(kAsTuple);
  }
}

asio::awaitable<void> TailStage::answer_scrape(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  for (;;) {
    stream.expires_after(kScrapePatience);
    http::request<http::string_body> request;
    const auto [gone, read] = co_await http::async_read(stream, buffer, request, kAsTuple);
    if (gone) co_return;
    const bool known = request.target() == "/metrics" && request.method() == http::verb::get;
    http::response<http::string_body> answer(known ? http::status::ok : http::status::not_found,
                                             request.version());
    answer.set(http::field::content_type, "text/plain; version=0.0.4");
    answer.keep_alive(request.keep_alive());
    answer.body() = known ? tail_metrics_text(numbers()) : "GET /metrics is all there is\n";
    answer.prepare_payload();
    const auto [unsent, written] = co_await http::async_write(stream, answer, kAsTuple);
    if (unsent || !answer.keep_alive()) co_return;
  }
}

Result<tcp::acceptor> open_metrics(asio::io_context& io, int port) {
  tcp::acceptor acceptor(io);
  const tcp::endpoint here(asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port));
  boost::system::error_code error;
  if (acceptor.open(here.protocol(), error) ||
      acceptor.set_option(tcp::acceptor::reuse_address(true), error) ||
      acceptor.bind(here, error) ||
      acceptor.listen(asio::socket_base::max_listen_connections, error)) {
    return failure(ExitCode::usage,
                   fmt::format("--metrics: port {} cannot be had: {}", port, error.message()));
  }
  return acceptor;
}

std::string port_json(const std::optional<int>& port) {
  return port ? std::to_string(*port) : "null";
}

/// A reader that has gone away is no failure of ours.
void say(const std::string& line) {
  fmt::print("{}", line);
  std::fflush(stdout);
}

}  // namespace

Status run_tail_stage(const TailStageOptions& options) {
  TailStage stage(options);
  Status opened;
  const auto served = serve_until_stopped(options.doors, stage, [&](SinkDoors& doors) {
    std::optional<int> metrics_port;
    if (options.metrics_port) {
      auto metrics = open_metrics(doors.io(), *options.metrics_port);
      if (!metrics) {
        opened = failure(metrics.error());
        doors.io().stop();
        return;
      }
      metrics_port = metrics->local_endpoint().port();
      asio::co_spawn(doors.io(), stage.answer_scrapes(std::move(*metrics)), asio::detached);
    }
    asio::co_spawn(doors.io(), stage.keep_time(), asio::detached);
    say(fmt::format(R"({{"ready":true,"port":{},"grpc_port":{},"metrics_port":{}}})"
                    "\n",
                    doors.http_port(), port_json(doors.grpc_port()), port_json(metrics_port)));
  });
  if (!served) return failure(served.error());
  if (!opened) return opened;
  stage.end();
  say(tail_numbers_json(stage.numbers()));
  return {};
}

}  // namespace tracetax
