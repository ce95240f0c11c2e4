// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_exporter.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "harness/core/text/quote.h"
#include "harness/core/text/url_parts.h"
#include "harness/run/sink/sink_visit.h"

namespace tracetax {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

Result<TailDestination> parse_tail_destination(std::string_view text) {
  const UrlParts parts = split_url(text);
  const auto port =
      parts.after_host.starts_with(':') ? parse_port(parts.after_host.substr(1)) : std::nullopt;
  if (parts.scheme != "http" || parts.host.empty() || !port) {
    return failure(ExitCode::usage, fmt::format("{} is not http://HOST:PORT, such as "
                                                "http://127.0.0.1:4318",
                                                quote(text)));
  }
  TailDestination to{.host = std::string(parts.host), .port = *port};
  if (!parts.path.empty() && parts.path != "/") to.path = std::string(parts.path);
  return to;
}

TailExporter::TailExporter(TailDestination to, TailExporterLimits limits)
    : to_(std::move(to)),
      limits_(limits),
      bell_(io_, asio::steady_timer::time_point::max()),
      stream_(io_) {
  asio::co_spawn(io_, work(), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

TailExporter::~TailExporter() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void TailExporter::send(std::string body, std::uint64_t spans) {
  given_spans_ += spans;
  bytes_held_ += body.size();
  asio::post(io_, [this, batch = Batch{std::move(body), spans}]() mutable {
    queue_.push_back(std::move(batch));
    bell_.cancel();
  });
}

void TailExporter::finish() {
  asio::post(io_, [this] {
    ending_ = true;
    bell_.cancel();
    // Its coroutine ends with the queue; a destination that hangs does not keep us for ever.
    auto deadline = std::make_shared<asio::steady_timer>(io_, limits_.at_end);
    deadline->async_wait([this, deadline](const boost::system::error_code&) { io_.stop(); });
  });
  thread_.join();
  failed_spans_ = given_spans_ - sent_spans_;
}

asio::awaitable<void> TailExporter::work() {
  while (!queue_.empty() || !ending_) {
    if (queue_.empty()) {
      co_await bell_.async_wait(kAsTuple);
      continue;
    }
    const Batch batch = std::move(queue_.front());
    queue_.pop_front();
    co_await deliver(batch);
    bytes_held_ -= batch.body.size();
  }
  io_.stop();
}

asio::awaitable<void> TailExporter::deliver(const Batch& batch) {
  asio::steady_timer pause(io_);
  for (int attempts = 1;; ++attempts) {
    const Outcome outcome = co_await attempt(batch.body);
    if (outcome == Outcome::taken) {
      sent_spans_ += batch.spans;
      co_return;
    }
    if (outcome == Outcome::refused || attempts == limits_.attempts) break;
    pause.expires_after(limits_.between);
    co_await pause.async_wait(kAsTuple);
  }
  failed_spans_ += batch.spans;
}

asio::awaitable<TailExporter::Outcome> TailExporter::attempt(const std::string& body) {
  stream_.expires_after(limits_.answer);
  if (!stream_.socket().is_open()) {
    asio::ip::tcp::resolver resolver(io_);
    const auto [unknown, places] =
        co_await resolver.async_resolve(to_.host, std::to_string(to_.port), kAsTuple);
    if (unknown) co_return Outcome::again;
    const auto [refused, place] = co_await stream_.async_connect(places, kAsTuple);
    if (refused) {
      stream_.close();
      co_return Outcome::again;
    }
    stream_.socket().set_option(asio::ip::tcp::no_delay{true});
  }
  http::request<http::span_body<const char>> request(http::verb::post, to_.path, 11);
  request.set(http::field::host, authority_text(to_.host, to_.port));
  request.set(http::field::content_type, "application/x-protobuf");
  request.body() = {body.data(), body.size()};
  request.prepare_payload();
  const auto [unsent, written] = co_await http::async_write(stream_, request, kAsTuple);
  beast::flat_buffer buffer;
  http::response<http::string_body> answer;
  boost::system::error_code broken = unsent;
  if (!broken) broken = std::get<0>(co_await http::async_read(stream_, buffer, answer, kAsTuple));
  if (broken || !answer.keep_alive()) stream_.close();
  if (broken) co_return Outcome::again;
  switch (answer.result()) {
    case http::status::ok:
      co_return Outcome::taken;
    case http::status::too_many_requests:
    case http::status::bad_gateway:
    case http::status::service_unavailable:
    case http::status::gateway_timeout:
      co_return Outcome::again;
    default:
      co_return Outcome::refused;
  }
}

}  // namespace tracetax
