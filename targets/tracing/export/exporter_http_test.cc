// The HTTP exporter against peers that misbehave, with TLS and without; its talk with a receiver is
// in test_target.py and test_export.py.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/exporter_http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ostream>
#include <thread>

#include "targets/tracing/export/exporters.h"
#include "targets/tracing/export/testing.h"

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
  config.otlp.endpoint = {"127.0.0.1", port, "/v1/traces", false};
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

// --- answers ---

constexpr RetryOptions kShort{milliseconds(1), milliseconds(2), seconds(10)};

std::string answer(std::string_view status, std::string_view type, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
      "Connection: close\r\n\r\n{}",
      status, type, body.size(), body);
}

ExportResult send(const TracingConfig& config) {
  const auto batch = one_span();
  return make_otlp_exporter(config, "s", "1")
      ->export_spans(batch, SteadyClock::now() + seconds(20));
}

struct BadAnswer {
  std::string text;
  std::string error;
  std::size_t attempts;  // 1: it is not sent again
};
void PrintTo(const BadAnswer& bad, std::ostream* out) { *out << bad.error << ": " << bad.text; }

class BadAnswers : public testing::TestWithParam<BadAnswer> {};
TEST_P(BadAnswers, FailTheBatchWithAReason) {
  ScriptedPeer peer({GetParam().text});
  const ExportResult result = send(config_for(peer.port(), kShort));
  const bool is_final = GetParam().attempts == 1;
  EXPECT_EQ(result.failed, is_final ? 1U : 0U);
  EXPECT_EQ(result.exported, is_final ? 0U : 1U);  // by the second attempt
  EXPECT_EQ(result.error, is_final ? GetParam().error : "");
  EXPECT_EQ(peer.requests().size(), GetParam().attempts);
}
INSTANTIATE_TEST_SUITE_P(
    OtlpHttpExporter, BadAnswers,
    testing::Values(BadAnswer{"SSH-2.0-OpenSSH_9.2\r\n", "not_http", 1},
                    BadAnswer{"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "not_http", 1},
                    BadAnswer{answer("200 OK", "text/html", "<html>hello</html>"), "not_otlp", 1},
                    BadAnswer{answer("200 OK", "application/x-protobuf", "\xff\xff"), "not_otlp",
                              1},
                    BadAnswer{answer("200 OK", "application/json", "{"), "not_otlp", 1},
                    BadAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", "not_otlp", 1},
                    BadAnswer{answer("401 Unauthorized", "text/plain", "no token"), "401", 1},
                    BadAnswer{answer("302 Found", "text/plain", ""), "302", 1},
                    BadAnswer{answer("503 Busy", "text/plain", ""), "503", 2},
                    BadAnswer{"", "closed", 2},
                    BadAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "closed", 2}));

TEST(OtlpHttpExporter, JsonGoesOutAsJsonAndItsPartialSuccessIsRead) {
  ScriptedPeer peer({answer("200 OK", "application/json; charset=utf-8",
                            R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"full"}})")});
  TracingConfig config = config_for(peer.port(), kShort);
  config.otlp.protocol = ExportProtocol::http_json;
  config.otlp.gzip = false;
  const ExportResult result = send(config);
  EXPECT_EQ(result.failed, 1U);
  EXPECT_EQ(result.error, "rejected");
  ASSERT_EQ(peer.requests().size(), 1U);
  const std::string request = peer.requests()[0];
  EXPECT_NE(request.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\n\r\n{\"resourceSpans\":[{"), std::string::npos) << request;
}

// --- TLS ---

TracingConfig tls_config_for(const ScriptedPeer& peer) {
  TracingConfig config = config_for(peer.port(), kShort);
  config.otlp.endpoint.tls = true;
  config.otlp.root_certificates = TestCertificates::shared().ca;
  return config;
}

TEST(OtlpHttpExporter, TlsWithATrustedCertificateDelivers) {
  const auto& own = TestCertificates::shared();
  ScriptedPeer peer({}, {own.server, own.server_key});
  EXPECT_EQ(send(tls_config_for(peer)).exported, 1U);
  EXPECT_EQ(peer.requests().size(), 1U);
}

TEST(OtlpHttpExporter, CertificatesThatAreNotInOrderFailAtOnce) {
  const auto& own = TestCertificates::shared();
  {
    ScriptedPeer peer({}, {own.expired, own.server_key});
    const ExportResult result = send(tls_config_for(peer));
    EXPECT_EQ(result.error, "tls");
    EXPECT_EQ(peer.requests().size(), 0U);
  }
  ScriptedPeer peer({}, {own.server, own.server_key});
  TracingConfig other_ca = tls_config_for(peer);
  other_ca.otlp.root_certificates = TestCertificates().ca;
  EXPECT_EQ(send(other_ca).error, "tls");
  TracingConfig other_name = tls_config_for(peer);
  other_name.otlp.endpoint.host = "localhost";  // the certificate is for 127.0.0.1
  EXPECT_EQ(send(other_name).error, "tls");
  EXPECT_EQ(peer.requests().size(), 0U);
}

TEST(OtlpHttpExporter, MutualTlsNeedsTheClientsCertificate) {
  const auto& own = TestCertificates::shared();
  ScriptedPeer peer({}, {own.server, own.server_key, own.ca});
  TracingConfig config = tls_config_for(peer);
  EXPECT_EQ(send(config).failed, 1U);
  EXPECT_EQ(peer.requests().size(), 0U);
  config.otlp.client_certificate = own.client;
  config.otlp.client_key = own.client_key;
  EXPECT_EQ(send(config).exported, 1U);
}

// With the retry so late, only the same attempt can have opened a new connection.
TEST(OtlpHttpExporter, AKeptConnectionThatWasClosedIsOpenedAgainAtOnce) {
  const auto& own = TestCertificates::shared();
  constexpr const char* kKept = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (const bool tls : {false, true}) {
    ScriptedPeer peer({kKept, kKept}, tls ? PeerTls{own.server, own.server_key} : PeerTls{});
    TracingConfig config = tls ? tls_config_for(peer) : config_for(peer.port(), kShort);
    config.otlp.retry = {std::chrono::minutes(20), std::chrono::minutes(20), std::chrono::hours(1)};
    const auto exporter = make_otlp_exporter(config, "s", "1");
    const auto batch = one_span();
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(exporter->export_spans(batch, SteadyClock::now() + seconds(20)).exported, 1U)
          << tls;
    }
    EXPECT_EQ(peer.requests().size(), 2U) << tls;
  }
}

// It answers before it has read a head, as web servers do when what comes is no HTTP.
TEST(OtlpHttpExporter, AReceiverWithoutTlsIsToldApart) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor plain(context, {boost::asio::ip::address_v4::loopback(), 0});
  TracingConfig config = config_for(plain.local_endpoint().port(), kShort);
  config.otlp.endpoint.tls = true;
  const std::jthread peer([&] {
    auto socket = plain.accept();
    boost::asio::write(socket, boost::asio::buffer("HTTP/1.1 400 Bad Request\r\n\r\n", 28));
    char block[512];
    boost::system::error_code ignored;
    socket.read_some(boost::asio::buffer(block), ignored);
  });
  EXPECT_EQ(send(config).error, "tls");
}

// The peer takes the connection and says nothing to the handshake.
TEST(OtlpHttpExporter, AHandshakeWithoutAnswerEndsAtItsTimeout) {
  boost::asio::io_context context;
  const boost::asio::ip::tcp::acceptor silent(context,
                                              {boost::asio::ip::address_v4::loopback(), 0});
  TracingConfig config = config_for(silent.local_endpoint().port(), kShort);
  config.otlp.endpoint.tls = true;
  config.otlp.retry.give_up = milliseconds(100);
  EXPECT_EQ(send(config).error, "timeout");
}

}  // namespace
}  // namespace tracetax
