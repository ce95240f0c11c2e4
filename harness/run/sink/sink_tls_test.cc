// Both doors in TLS against OpenSSL's own client: certificates that are right, wrong, expired and
// absent, on either side, and peers that speak none. Who is refused is counted with the reason.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_tls.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "harness/load/session/tls_testing.h"
#include "harness/run/sink/sink_doors_fixture.h"
#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using namespace sink_test;
using testing::CertificateAuthority;
using testing::CertificateFiles;
using testing::TemporaryFolder;
namespace asio = boost::asio;

/// A blocking client of OpenSSL's, by way of Asio.
struct Client {
  std::string ca;
  CertificateFiles identity = {};
  bool only_tls12 = false;
  std::string protocol = {};

  /// What it is answered; or why there was no connection.
  [[nodiscard]] std::string ask(int port, const std::string& request) const {
    asio::io_context io;
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_verify_mode(asio::ssl::verify_peer);
    if (!ca.empty()) context.load_verify_file(ca);
    if (only_tls12) SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_2_VERSION);
    if (!identity.cert.empty()) {
      context.use_certificate_chain_file(identity.cert);
      context.use_private_key_file(identity.key, asio::ssl::context::pem);
    }
    if (!protocol.empty()) {
      const std::string list = static_cast<char>(protocol.size()) + protocol;
      SSL_CTX_set_alpn_protos(context.native_handle(),
                              reinterpret_cast<const unsigned char*>(list.data()),
                              static_cast<unsigned>(list.size()));
    }
    asio::ssl::stream<asio::ip::tcp::socket> stream(io, context);
    boost::system::error_code error;
    stream.lowest_layer().connect(
        {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}, error);
    if (!error) stream.handshake(asio::ssl::stream_base::client, error);
    // In TLS 1.3 the client is done before the server has seen its certificate.
    if (!error) asio::write(stream, asio::buffer(request), error);
    std::string answer(1000, '\0');
    std::size_t size = 0;
    if (!error) size = stream.read_some(asio::buffer(answer), error);
    if (error) return error.message();
    answer.resize(size);
    return answer;
  }
};

class SinkTlsTest : public ::testing::Test {
 protected:
  void start(bool clients_too = false, SinkPatience patience = {}) {
    const CertificateFiles own = ca_.issue("sink");
    const SinkTls tls{.cert_file = own.cert,
                      .key_file = own.key,
                      .client_ca_file = clients_too ? ca_.file() : ""};
    doors_.emplace(DoorsWanted{.grpc_port = 0, .spec = with_tls(tls), .patience = patience},
                   recorder_);
  }
  /// The refusals, once there are some.
  [[nodiscard]] RefusedBy refusals() const {
    while (recorder_.refusals().empty()) std::this_thread::yield();
    return recorder_.refusals();
  }
  TemporaryFolder folder_;
  CertificateAuthority ca_{folder_, "ca"};
  CertificateAuthority other_ca_{folder_, "other"};
  Recorder recorder_;
  std::optional<RunningDoors> doors_;
  const std::string request_ = post({.body = "anything"});
};

TEST_F(SinkTlsTest, TakesRequestsInTls13AndTls12) {
  start();
  EXPECT_EQ(status_of(Client{.ca = ca_.file()}.ask(doors_->http_port(), request_)), 200);
  EXPECT_EQ(status_of(Client{.ca = ca_.file(), .only_tls12 = true, .protocol = "http/1.1"}.ask(
                doors_->http_port(), request_)),
            200);
  const std::string large = post({.body = std::string(5'000'000, 'b')});
  EXPECT_EQ(status_of(Client{.ca = ca_.file()}.ask(doors_->http_port(), large)), 200);
  EXPECT_EQ(recorder_.payloads().size(), 3U);
  EXPECT_EQ(recorder_.payloads().at(2).body.size(), 5'000'000U);
  EXPECT_TRUE(recorder_.refusals().empty());
}

TEST_F(SinkTlsTest, AClientThatDoesNotTrustItSaysSo) {
  start();
  static_cast<void>(Client{.ca = other_ca_.file()}.ask(doors_->http_port(), request_));
  EXPECT_EQ(refusals(), (RefusedBy{{"TLS handshake: the client says unknown ca", 1}}));
}

TEST_F(SinkTlsTest, AsksClientsForTheirCertificates) {
  start(/*clients_too=*/true);
  for (const bool old : {false, true}) {
    const Client right{.ca = ca_.file(), .identity = ca_.issue("client"), .only_tls12 = old};
    EXPECT_EQ(status_of(right.ask(doors_->http_port(), request_)), 200);
  }
  EXPECT_TRUE(recorder_.refusals().empty());
}

TEST_F(SinkTlsTest, ClientsWithoutTheRightCertificateAreRefusedWithTheReason) {
  start(/*clients_too=*/true);
  const std::pair<CertificateFiles, const char*> wrong[] = {
      {{}, "TLS handshake: peer did not return a certificate"},
      {ca_.issue("old", {.names = "IP:127.0.0.1", .expired = true}),
       "TLS handshake: the client's certificate: certificate has expired"},
      {other_ca_.issue("stranger"),
       "TLS handshake: the client's certificate: unable to get local issuer certificate"},
  };
  RefusedBy all;
  for (const bool old : {false, true}) {
    for (const auto& [identity, reason] : wrong) {
      const Client client{.ca = ca_.file(), .identity = identity, .only_tls12 = old};
      const std::string answer = client.ask(doors_->http_port(), request_);
      EXPECT_EQ(status_of(answer), 0) << answer;
      EXPECT_NE(answer.find("alert"), std::string::npos) << answer;
      ++all[reason];
      while (recorder_.refusals() != all) std::this_thread::yield();
    }
  }
  EXPECT_TRUE(recorder_.payloads().empty());
}

TEST_F(SinkTlsTest, WhoSpeaksNoTlsIsRefused) {
  start();
  for (const int port : {doors_->http_port(), doors_->grpc_port()}) {
    RawPeer peer(port);
    peer.send(request_);
    static_cast<void>(peer.answer());
  }
  while (recorder_.refusals() != RefusedBy{{"no TLS on a TLS port", 2}}) std::this_thread::yield();
  EXPECT_EQ(status_of(Client{.ca = ca_.file()}.ask(doors_->http_port(), request_)), 200);
}

TEST_F(SinkTlsTest, AHandshakeThatStallsEnds) {
  start(false, {.step = 1});
  RawPeer silent(doors_->http_port()), halfway(doors_->http_port());
  halfway.send("\x16\x03\x01\x02");
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(halfway.closed());
  EXPECT_EQ(refusals(), (RefusedBy{{"TLS handshake: it stalled", 1}}));
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(SinkTlsTest, TakesGrpcFromClientsWithCertificatesAndFromNoOthers) {
  start(/*clients_too=*/true);
  const auto send = [this](const CertificateFiles& identity) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = text_of(ca_.file());
    if (!identity.cert.empty()) {
      options.pem_private_key = text_of(identity.key);
      options.pem_cert_chain = text_of(identity.cert);
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    grpc::GenericStub stub(
        grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", doors_->grpc_port()),
                                  grpc::SslCredentials(options), arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds{30});
    grpc::CompletionQueue queue;
    const grpc::Slice slice("x");
    const auto call = stub.PrepareUnaryCall(
        &context, "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, this);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) continue;
    return status;
  };
  const grpc::Status right = send(ca_.issue("client"));
  EXPECT_TRUE(right.ok()) << right.error_message();
  EXPECT_TRUE(recorder_.refusals().empty());
  EXPECT_FALSE(send({}).ok());
  EXPECT_EQ(refusals().begin()->first, "TLS handshake: peer did not return a certificate");
  EXPECT_EQ(recorder_.payloads().size(), 1U);
}

TEST_F(SinkTlsTest, FilesThatCannotBeUsedAreNamed) {
  const CertificateFiles own = ca_.issue("sink"), foreign = ca_.issue("foreign");
  const auto mistake = [this](const SinkTls& tls) {
    const auto opened = open_doors({.spec = with_tls(tls)}, recorder_);
    return opened ? std::string("opened") : opened.error().message;
  };
  EXPECT_NE(mistake({folder_.file("none.pem"), own.key, ""})
                .find("none.pem': No such file or directory; right is a PEM file"),
            std::string::npos)
      << mistake({folder_.file("none.pem"), own.key, ""});
  EXPECT_NE(mistake({own.cert, foreign.key, ""}).find("does not belong to"), std::string::npos);
  EXPECT_NE(mistake({own.cert, own.key, own.key}).find("CA of clients"), std::string::npos);
  EXPECT_NE(mistake({"", "", ca_.file()}).find("needs TLS"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
