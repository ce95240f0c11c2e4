// Sends what a tail sampler keeps on, as OTLP/HTTP in protobuf, not packed, over one connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <thread>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

/// http only: a tail sampler stands beside the sink.
struct TailDestination {
  std::string host;
  int port = 0;
  std::string path = "/v1/traces";
};
/// "http://127.0.0.1:4318", to which /v1/traces is added, or a URL with a path of its own.
[[nodiscard]] Result<TailDestination> parse_tail_destination(std::string_view text);

struct TailExporterLimits {
  int attempts = 5;                                // of one batch
  Nanos between = std::chrono::milliseconds{500};  // two attempts
  Nanos answer = std::chrono::seconds{10};         // to connect, to send and be answered
  Nanos at_end = std::chrono::seconds{10};         // what may pass until finish() gives up
};

/// Batches go out one after the other on a thread of its own, in the order in which they came. What
/// could not be sent in so many attempts, or was refused for good (any status but 200, 429, 502,
/// 503 and 504), is counted as failed and forgotten.
class TailExporter {
 public:
  explicit TailExporter(TailDestination to, TailExporterLimits limits = {});
  ~TailExporter();
  TailExporter(const TailExporter&) = delete;
  TailExporter& operator=(const TailExporter&) = delete;

  /// `body` is an ExportTraceServiceRequest. From one thread, as finish().
  void send(std::string body, std::uint64_t spans);
  /// Returns when all is sent or has failed, or after TailExporterLimits::at_end; what has not gone
  /// by then failed. Nothing may be sent after it.
  void finish();

  /// From any thread.
  [[nodiscard]] std::uint64_t sent_spans() const { return sent_spans_; }
  [[nodiscard]] std::uint64_t failed_spans() const { return failed_spans_; }
  /// Of batches that wait or are on their way.
  [[nodiscard]] std::size_t bytes_held() const { return bytes_held_; }

 private:
  struct Batch {
    std::string body;
    std::uint64_t spans = 0;
  };
  enum class Outcome { taken, refused, again };
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> deliver(const Batch& batch);
  boost::asio::awaitable<Outcome> attempt(const std::string& body);

  TailDestination to_;
  TailExporterLimits limits_;
  std::atomic<std::uint64_t> sent_spans_{0}, failed_spans_{0};
  std::atomic<std::size_t> bytes_held_{0};
  std::uint64_t given_spans_ = 0;
  // Of the thread:
  std::deque<Batch> queue_;
  bool ending_ = false;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer bell_;
  boost::beast::tcp_stream stream_;
  std::thread thread_;
};

}  // namespace tracetax
