// The engine through TLS: what works, and that each way to fail says what to do about it.
// Certificates are made on the spot; servers are scripts.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <fstream>

#include "harness/load/engine_testing.h"
#include "harness/load/http/http2_testing.h"
#include "harness/load/session/tls_testing.h"

namespace tracetax::testing {
namespace {

constexpr Nanos kPatience = 20s;  // never used up, unless something hangs

class EngineTls : public ::testing::Test {
 protected:
  [[nodiscard]] TlsServerOptions server_options(std::string protocol = "") const {
    return {identity_, std::move(protocol), "", false};
  }
  [[nodiscard]] TlsOptions trusting() const { return {ca_.file(), "", "", "", false}; }

  TemporaryFolder folder_;
  CertificateAuthority ca_{folder_, "ca"};
  CertificateFiles identity_ = ca_.issue("server");
};

PreparedScenario http1_over(const TlsOptions& tls, std::string_view method = "GET",
                            std::string_view body = "") {
  PreparedScenario scenario = simple_scenario({}, method, body);
  scenario.tls = tls;
  return scenario;
}

PreparedScenario http2_over(const TlsOptions& tls) {
  PreparedScenario scenario = simple_http2_scenario();
  scenario.tls = tls;
  return scenario;
}

LoadSetup setup_of(const ScriptedServer& server, PreparedScenario scenario, int connections = 1) {
  LoadSetup setup = setup_for(server, connections);
  setup.scenario = std::move(scenario);
  setup.timeout = kPatience;
  return setup;
}

// What one request is told; "fine" if it is answered as expected.
std::string told(const ScriptedServer& server, const PreparedScenario& scenario,
                 Nanos timeout = kPatience) {
  const auto answer = check_once(server.endpoint(), scenario, timeout);
  if (answer) return "fine";
  return fmt::format("{}: {}", static_cast<int>(answer.error().code), answer.error().message);
}

ScriptedServer::Script hello_over_http2() {
  return http2_server(
      [](Http2Peer& peer, const Http2Request& request) { peer.answer(request.stream, "hello"); });
}

std::string contents(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
  return path;
}

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

// --- what works ---

TEST_F(EngineTls, Http1AnswersAreCountedAndTheBooksClose) {
  ScriptedServer server{over_tls(server_options(), always(answer("x")))};
  const LoadResult result =
      connect(setup_of(server, http1_over(trusting()), 3))->run(closed_phase(300));
  EXPECT_EQ(result.ok, 300U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(server.connections(), 3);
  expect_closed_books(result);
}

TEST_F(EngineTls, Http2IsAgreedUponByAlpn) {
  ScriptedServer server{over_tls(server_options("h2"), hello_over_http2())};
  const LoadResult result =
      connect(setup_of(server, http2_over(trusting()), 2))->run(closed_phase(300));
  EXPECT_EQ(result.ok, 300U);
  EXPECT_TRUE(result.errors.empty());
  expect_closed_books(result);
}

TEST_F(EngineTls, ReachesAServerOfTls12) {
  TlsServerOptions options = server_options();
  options.only_tls12 = true;
  ScriptedServer server{over_tls(options, always(answer("x")))};
  EXPECT_EQ(told(server, http1_over(trusting())), "fine");
}

TEST_F(EngineTls, AnswersOfMegabytesComeInWhole) {
  ScriptedServer server{over_tls(server_options(), always(answer(std::string(5'000'000, 'a'))))};
  const LoadResult result =
      connect(setup_of(server, http1_over(trusting()), 2))->run(closed_phase(6));
  EXPECT_EQ(result.ok, 6U);
  EXPECT_GT(result.bytes_received, 30'000'000U);
  expect_closed_books(result);
}

TEST_F(EngineTls, Http2AnswersOfMegabytesComeInWhole) {
  const std::string piece(16'000, 'a');
  ScriptedServer server{over_tls(server_options("h2"),
                                 http2_server([&](Http2Peer& peer, const Http2Request& request) {
                                   peer.send_fields(request.stream, {{":status", "200"}}, false);
                                   for (int i = 0; i < 200; ++i)
                                     peer.send_data(request.stream, piece, i == 199);
                                 }))};
  const LoadResult result = connect(setup_of(server, http2_over(trusting())))->run(closed_phase(3));
  EXPECT_EQ(result.ok, 3U);
  EXPECT_GT(result.bytes_received, 9'600'000U);
  expect_closed_books(result);
}

// A write that the socket refuses in part must go on with the same bytes, or OpenSSL breaks off.
TEST_F(EngineTls, ABodyOfMegabytesReachesASlowReaderInWhole) {
  std::string body;
  while (body.size() < 12'000'000) body += fmt::format("{:09} ", body.size());
  std::atomic<int> right{0};
  ScriptedServer server{over_tls(server_options(), [&](Peer& peer) {
    std::this_thread::sleep_for(50ms);  // until the buffers between us are full
    while (const auto request = peer.read_request()) {
      if (request->ends_with(body)) ++right;
      peer.send(answer("x"));
    }
  })};
  const LoadResult result =
      connect(setup_of(server, http1_over(trusting(), "POST", body)))->run(closed_phase(2));
  EXPECT_EQ(result.ok, 2U);
  EXPECT_EQ(right, 2);
  expect_closed_books(result);
}

TEST_F(EngineTls, ACallOfMegabytesReachesTheServerOverHttp2) {
  const std::string message(3'000'000, 'm');
  std::atomic<std::size_t> got{0};
  ScriptedServer server{over_tls(server_options("h2"),
                                 http2_server([&](Http2Peer& peer, const Http2Request& request) {
                                   got += request.body.size();
                                   peer.answer_grpc(request.stream, {"ok"});
                                 }))};
  PreparedScenario scenario = simple_grpc_scenario({message});
  scenario.tls = trusting();
  const LoadResult result = connect(setup_of(server, std::move(scenario)))->run(closed_phase(2));
  EXPECT_EQ(result.ok, 2U);
  EXPECT_EQ(got, 2 * (message.size() + 5));
}

// --- certificates ---

TEST_F(EngineTls, ASelfSignedCertificateIsRefusedAndSaysWhatToDo) {
  TlsServerOptions options = server_options();
  options.identity = self_signed(folder_, "own");
  ScriptedServer server{over_tls(options, always(answer("x")))};
  const std::string text = told(server, http1_over(TlsOptions{}));
  EXPECT_SAYS(text, "4: ");
  EXPECT_SAYS(text, "self-signed");
  EXPECT_SAYS(text, "--ca");
  EXPECT_SAYS(text, "--insecure");
  TlsOptions knowing;
  knowing.ca_file = options.identity.cert;
  EXPECT_EQ(told(server, http1_over(knowing)), "fine");
}

TEST_F(EngineTls, AForeignAuthorityIsNamed) {
  ScriptedServer server{over_tls(server_options(), always(answer("x")))};
  const CertificateAuthority foreign(folder_, "foreign");
  TlsOptions wrong;
  wrong.ca_file = foreign.file();
  const std::string text = told(server, http1_over(wrong));
  EXPECT_SAYS(text, "unable to get local issuer certificate");
  EXPECT_SAYS(text, "--ca");
}

TEST_F(EngineTls, AnExpiredCertificateIsNamed) {
  TlsServerOptions options = server_options();
  options.identity = ca_.issue("old", {"IP:127.0.0.1", true});
  ScriptedServer server{over_tls(options, always(answer("x")))};
  const std::string text = told(server, http1_over(trusting()));
  EXPECT_SAYS(text, "expired");
  EXPECT_EQ(text.find("--ca"), std::string::npos) << "another CA would not help: " << text;
}

TEST_F(EngineTls, AWrongNameIsNamedAndTheRightOneCanBeGiven) {
  TlsServerOptions options = server_options();
  options.identity = ca_.issue("named", {"DNS:right.test", false});
  ScriptedServer server{over_tls(options, always(answer("x")))};
  TlsOptions tls = trusting();
  std::string text = told(server, http1_over(tls));
  EXPECT_SAYS(text, "IP address mismatch");
  EXPECT_SAYS(text, "--server-name");
  tls.server_name = "wrong.test";
  text = told(server, http1_over(tls));
  EXPECT_SAYS(text, "hostname mismatch");
  EXPECT_SAYS(text, "wrong.test");
  tls.server_name = "right.test";
  EXPECT_EQ(told(server, http1_over(tls)), "fine");
}

TEST_F(EngineTls, InsecureTakesAny) {
  for (const CertificateFiles& identity :
       {self_signed(folder_, "own"), ca_.issue("old", {"IP:127.0.0.1", true}),
        ca_.issue("other", {"DNS:a.test", false})}) {
    TlsServerOptions options = server_options();
    options.identity = identity;
    ScriptedServer server{over_tls(options, always(answer("x")))};
    TlsOptions any;
    any.insecure = true;
    EXPECT_EQ(told(server, http1_over(any)), "fine") << identity.cert;
  }
}

// --- our own certificate ---

TEST_F(EngineTls, AServerThatWantsACertificateTakesOurs) {
  TlsServerOptions options = server_options();
  options.client_ca = ca_.file();
  ScriptedServer server{over_tls(options, always(answer("x")))};
  const CertificateFiles ours = ca_.issue("client");
  TlsOptions tls = trusting();
  tls.cert_file = ours.cert;
  tls.key_file = ours.key;
  EXPECT_EQ(told(server, http1_over(tls)), "fine");
}

// With TLS 1.3 the refusal comes when the handshake is over for us: with the first read, or after a
// write.
TEST_F(EngineTls, AServerThatMissesOurCertificateSaysSo) {
  for (const bool only_tls12 : {false, true}) {
    TlsServerOptions options = server_options("h2");
    options.client_ca = ca_.file();
    options.only_tls12 = only_tls12;
    ScriptedServer h2{over_tls(options, hello_over_http2())};
    options.protocol = "";
    ScriptedServer h1{over_tls(options, always(answer("x")))};
    for (const std::string& text :
         {told(h1, http1_over(trusting())), told(h2, http2_over(trusting()))}) {
      EXPECT_SAYS(text, "4: ");
      EXPECT_SAYS(text, "the server refused us");
      EXPECT_SAYS(text, "--cert");
    }
  }
}

TEST_F(EngineTls, AServerThatDoesNotTrustOurCertificateSaysSo) {
  TlsServerOptions options = server_options();
  options.client_ca = ca_.file();
  ScriptedServer server{over_tls(options, always(answer("x")))};
  const CertificateFiles foreign = CertificateAuthority(folder_, "foreign").issue("stranger");
  TlsOptions tls = trusting();
  tls.cert_file = foreign.cert;
  tls.key_file = foreign.key;
  const std::string text = told(server, http1_over(tls));
  EXPECT_SAYS(text, "the server refused us");
  EXPECT_SAYS(text, "unknown ca");
}

TEST_F(EngineTls, FilesThatCannotBeUsedAreUsageErrorsThatNameThem) {
  ScriptedServer server{over_tls(server_options(), always(answer("x")))};
  const CertificateFiles ours = ca_.issue("client");
  const std::string missing = folder_.file("missing.pem");
  const std::string garbage = contents(folder_.file("garbage.pem"), "not a certificate\n");
  struct Case {
    TlsOptions tls;
    std::string names;
  };
  const Case cases[] = {
      {{missing, "", "", "", false}, missing},
      {{garbage, "", "", "", false}, garbage},
      {{ca_.file(), missing, "", "", false}, missing},
      {{ca_.file(), garbage, ours.key, "", false}, garbage},
      {{ca_.file(), ours.cert, missing, "", false}, missing},
      {{ca_.file(), ours.cert, garbage, "", false}, garbage},
      {{ca_.file(), ours.cert, "", "", false}, ours.cert},         // holds no key
      {{ca_.file(), ours.cert, identity_.key, "", false}, "key"},  // of another certificate
      {{ca_.file(), ours.cert, write_other_key(folder_, "other.key"), "", false},
       "key"},  // of another kind
      {{ca_.file(), "", ours.key, "", false}, "cert"},
  };
  for (const Case& each : cases) {
    const std::string text = told(server, http1_over(each.tls));
    EXPECT_SAYS(text, "2: ");
    EXPECT_SAYS(text, each.names);
  }
  for (const std::string& key : {identity_.key, folder_.file("other.key")}) {
    const std::string text = told(server, http1_over({ca_.file(), ours.cert, key, "", false}));
    EXPECT_SAYS(text, key);
    EXPECT_SAYS(text, "does not belong to the certificate");
    EXPECT_SAYS(text, ours.cert);
  }
}

// --- the wrong protocol ---

TEST_F(EngineTls, AServerWithoutAlpnIsNotAskedForHttp2) {
  ScriptedServer server{over_tls(server_options(), always(answer("x")))};
  const std::string text = told(server, http2_over(trusting()));
  EXPECT_SAYS(text, "does not speak HTTP/2 over TLS");
  EXPECT_SAYS(text, "ALPN");
}

TEST_F(EngineTls, AServerThatRefusesTheProtocolSaysSo) {
  ScriptedServer server{over_tls(server_options("http/1.1"), always(answer("x")))};
  EXPECT_EQ(told(server, http1_over(trusting())), "fine");
  EXPECT_SAYS(told(server, http2_over(trusting())), "ALPN");
}

TEST_F(EngineTls, APlainServerIsFoundOut) {
  ScriptedServer talks{[](Peer& peer) {
    if (peer.read_some()) peer.send(answer("what?", "400 Bad Request"));
    peer.wait_for_end();
  }};
  for (const std::string& text :
       {told(talks, http1_over(trusting())), told(talks, http2_over(trusting()))}) {
    EXPECT_SAYS(text, "does not speak TLS on this port");
  }
  ScriptedServer hangs_up{[](Peer& peer) { static_cast<void>(peer.read_some()); }};
  EXPECT_SAYS(told(hangs_up, http1_over(trusting())), "the server hung up");
}

TEST_F(EngineTls, ATlsServerIsFoundOutByPlainRequests) {
  // Some send an alert, OpenSSL just hangs up.
  ScriptedServer alerts{[](Peer& peer) {
    static_cast<void>(peer.read_some());
    peer.send({"\x15\x03\x01\x00\x02\x02\x46", 7});
    peer.wait_for_end();
  }};
  EXPECT_SAYS(told(alerts, simple_scenario({})), "speaks TLS on this port");
  EXPECT_SAYS(told(alerts, simple_http2_scenario()), "speaks TLS on this port");
  ScriptedServer openssl{over_tls(server_options(), always(answer("x")))};
  EXPECT_SAYS(told(openssl, simple_scenario({})), "if it wants TLS or HTTP/2, use https://");
  EXPECT_SAYS(told(openssl, simple_http2_scenario()), "if it wants TLS, use https:// or grpcs://");
}

// --- servers with bad manners ---

TEST_F(EngineTls, AServerThatStallsInTheHandshakeTimesOut) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_end(); }};
  const std::string text = told(server, http1_over(trusting()), 100ms);
  EXPECT_SAYS(text, "4: ");
  EXPECT_SAYS(text, "0 of 1 connections");
  EXPECT_SAYS(text, "TLS handshake");
}

TEST_F(EngineTls, AConnectionThatStallsInItsNewHandshakeIsGivenUp) {
  const ScriptedServer::Script once = over_tls(server_options(), [](Peer& peer) {
    if (peer.read_request()) peer.send_and_close(answer("x"));
  });
  std::atomic<int> number{0};
  ScriptedServer server{[&](Peer& peer) {
    if (number++ == 0) return once(peer);
    peer.wait_for_end();
  }};
  LoadSetup setup = setup_of(server, http1_over(trusting()));
  setup.timeout = 100ms;
  const LoadResult result = connect(setup)->run(open_phase(100, 300ms));
  EXPECT_EQ(result.ok, 1U);
  EXPECT_GE(count_of(result, "connect"), 1U);
  expect_closed_books(result);
}

TEST_F(EngineTls, ACutInsideOfAnAnswerIsAnError) {
  ScriptedServer server{over_tls(server_options(), [](Peer& peer) {
    if (peer.read_request())
      peer.send_and_close("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
  })};
  const LoadResult result =
      connect(setup_of(server, http1_over(trusting()), 2))->run(closed_phase(10));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "closed"), 10U);
  expect_closed_books(result);
}

TEST_F(EngineTls, ACutUnderHttp2EndsEveryCallOnIt) {
  ScriptedServer server{over_tls(server_options("h2"), [](Peer& raw) {
    Http2Peer peer(raw);
    for (int i = 0; i < 10; ++i) static_cast<void>(peer.read_request());
  })};
  const LoadResult result =
      connect(setup_of(server, http2_over(trusting())))->run(closed_phase(20));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "closed") + count_of(result, "reset"), 20U);
  expect_closed_books(result);
}

TEST_F(EngineTls, BytesThatAreNoTlsAreCountedAsSuch) {
  ScriptedServer server{[script = over_tls(server_options(), [](Peer& peer) {
                           if (!peer.read_request()) return;
                           peer.speak_through(nullptr);
                           peer.send("this is no record of TLS, whatever it may be");
                           peer.wait_for_end();
                         })](Peer& peer) { script(peer); }};
  const LoadResult result = connect(setup_of(server, http1_over(trusting())))->run(closed_phase(5));
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "tls"), 5U);
  expect_closed_books(result);
}

// OpenSSL's own sockets would raise SIGPIPE, which ends a program that does not ignore it.
TEST_F(EngineTls, AWriteToAClosedConnectionDoesNotKill) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  ScriptedServer server{over_tls(server_options(), [](Peer& peer) {
    // The end of the stream, then a reset for what comes in still: that makes the next write EPIPE.
    static_cast<void>(peer.read_some());
  })};
  const std::string body(12'000'000, 'b');
  const LoadResult result =
      connect(setup_of(server, http1_over(trusting(), "POST", body), 2))->run(closed_phase(20));
  EXPECT_EQ(result.ok, 0U);
  expect_closed_books(result);
  std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace tracetax::testing
