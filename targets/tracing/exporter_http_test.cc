// The exporter against a port that nobody listens on; its talk with a receiver is in
// test_target.py.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/exporter_http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "targets/tracing/otlp_exporter.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

TEST(RetryAfter, ReadsSecondsAndDates) {
  const auto now = std::chrono::system_clock::from_time_t(784'111'777);  // 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(parse_retry_after("3", now), seconds(3));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), seconds(10));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), seconds(0));
  EXPECT_EQ(parse_retry_after("99999999", now), seconds(3600));
  for (const char* text : {"", "-1", "soon", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(parse_retry_after(text, now), seconds(0)) << text;
  }
}

/// Bound but not listening, so connections are refused as long as it lives.
class RefusingPort {
 public:
  RefusingPort() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(fd_, generic, size), 0);
    EXPECT_EQ(getsockname(fd_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~RefusingPort() { close(fd_); }
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

std::vector<SpanPointer> one_span() {
  std::vector<SpanPointer> batch;
  batch.push_back(std::make_unique<SpanData>());
  return batch;
}

TracingConfig config_for(std::uint16_t port, RetryOptions retry) {
  TracingConfig config;
  config.otlp.endpoint = {"127.0.0.1", port, "/v1/traces"};
  config.otlp.retry = retry;
  return config;
}

TEST(OtlpHttpExporter, RefusedConnectionsAreRetriedUntilGivenUp) {
  const RefusingPort dead;
  const auto exporter = make_otlp_exporter(
      config_for(dead.port(), {milliseconds(1), milliseconds(2), milliseconds(30)}), "s", "1");
  const auto batch = one_span();
  const ExportResult result = exporter->export_spans(batch, SteadyClock::now() + seconds(20));
  EXPECT_EQ(result.exported, 0U);
  EXPECT_EQ(result.failed, 1U);
}

// Without the cut the first backoff alone would take ten minutes at least.
TEST(OtlpHttpExporter, ShutdownCutsTheBackoffShort) {
  const RefusingPort dead;
  constexpr auto kLong = std::chrono::minutes(20);
  const auto exporter =
      make_otlp_exporter(config_for(dead.port(), {kLong, kLong, kLong * 10}), "s", "1");
  ExportResult result;
  {
    const std::jthread exporting([&] {
      const auto batch = one_span();
      result = exporter->export_spans(batch, SteadyClock::now() + kLong * 10);
    });
    exporter->begin_shutdown(SteadyClock::now() + seconds(20));
  }
  EXPECT_EQ(result.failed, 1U);
}

}  // namespace
}  // namespace tracetax
