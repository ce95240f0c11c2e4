// Guards and header copies: what passes, what is refused, what is sent back.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/guards.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "harness/core/gzip/gzip_fixture.h"
#include "targets/request/exchange_fixture.h"
#include "targets/request/http_text.h"
#include "targets/stages/flow/header_copies.h"

namespace tracetax {
namespace {

/// The status, 0 if the handler was reached.
unsigned guarded(const GuardsSpec& spec, ExchangeFixture& f) {
  bool reached = false;
  chain_of(make_stage(spec), [&](Exchange&) { reached = true; }).handle(f.exchange);
  return reached ? 0 : f.exchange.status;
}

TEST(Guards, AnOrdinaryRequestPassesAllOfThem) {
  using enum Guard;
  const GuardsSpec all{.guards = {max_bytes, gunzip, acl, token, echo, accesslog, tps, generic,
                                  execute, shutdown, validate, cors}};
  ExchangeFixture f;
  f.exchange.body = "body";
  EXPECT_EQ(guarded(all, f), 0U);
  EXPECT_EQ(make_stage(all)->describe(),
            "guards: 12 max_bytes gunzip acl token echo accesslog tps generic execute shutdown "
            "validate cors");
}

TEST(Guards, MaxBytesLooksAtHeaderAndBody) {
  const GuardsSpec spec{.guards = {Guard::max_bytes}, .body_max = 4};
  ExchangeFixture f;
  f.exchange.body = "1234";
  EXPECT_EQ(guarded(spec, f), 0U);
  f.exchange.body = "12345";
  EXPECT_EQ(guarded(spec, f), 413U);
  ExchangeFixture announced;
  announced.headers.set("Content-Length", "5");
  EXPECT_EQ(guarded(spec, announced), 413U);
}

TEST(Guards, GunzipGivesTheHandlerThePlainBody) {
  const std::string body = gzip_of("hello");
  ExchangeFixture f;
  f.headers.set("Content-Encoding", "gzip");
  f.exchange.body = body;
  std::string seen;
  chain_of(make_stage(GuardsSpec{.guards = {Guard::gunzip}}), [&](Exchange& e) {
    seen = e.body;
  }).handle(f.exchange);
  EXPECT_EQ(seen, "hello");
  EXPECT_EQ(f.exchange.body, body);
  f.exchange.body = "hello";
  EXPECT_EQ(guarded({.guards = {Guard::gunzip}}, f), 400U);
  f.exchange.body = body;
  EXPECT_EQ(guarded({.guards = {Guard::gunzip}, .body_max = 4}, f), 413U);
}

TEST(Guards, AclAndTokenAskTheHeaders) {
  ExchangeFixture f;
  f.headers.set("source-service", "bad");
  f.headers.set("token", "t");
  EXPECT_EQ(guarded({.guards = {Guard::acl}, .denied = {"worse"}}, f), 0U);
  EXPECT_EQ(guarded({.guards = {Guard::acl}, .denied = {"worse", "bad"}}, f), 403U);
  EXPECT_EQ(guarded({.guards = {Guard::token}, .token = "t"}, f), 0U);
  EXPECT_EQ(guarded({.guards = {Guard::token}, .token = "u"}, f), 401U);
  ExchangeFixture none;
  EXPECT_EQ(guarded({.guards = {Guard::token}, .token = "t"}, none), 401U);
}

TEST(Guards, SpecialMethodsAreAnswered) {
  ExchangeFixture f;
  f.exchange.path = "/bench.v1.Bench/$echo";
  f.exchange.body = "ping";
  EXPECT_EQ(guarded({.guards = {Guard::echo}}, f), 200U);
  EXPECT_EQ(f.exchange.answer, "ping");
  f.exchange.path = "/bench.v1.Bench/$invoke";
  EXPECT_EQ(guarded({.guards = {Guard::generic}}, f), 404U);
}

TEST(Guards, ValidateAndCors) {
  ExchangeFixture f;
  User nobody;
  nobody.id = -1;
  f.exchange.request = nobody;
  EXPECT_EQ(guarded({.guards = {Guard::validate}}, f), 400U);
  ExchangeFixture preflight;
  preflight.headers.set("Origin", "http://elsewhere");
  EXPECT_EQ(guarded({.guards = {Guard::cors}}, preflight), 0U);
  preflight.exchange.method = "OPTIONS";
  EXPECT_EQ(guarded({.guards = {Guard::cors}}, preflight), 403U);
}

TEST(HeaderCopies, EchoSendsEveryHeaderBackButTheFraming) {
  ExchangeFixture f;
  f.headers.insert("micro-id", "7");
  f.headers.insert("X-List", "a");
  f.headers.insert("x-list", "b");
  f.headers.set("Content-Length", "0");
  f.headers.set("Connection", "close");
  chain_of(make_stage(HeaderCopiesSpec{.copies = 3, .echoes = true}), [](Exchange& e) {
    EXPECT_TRUE(e.answer_headers.empty());
  }).handle(f.exchange);
  std::vector<std::string> lines;
  for (const auto& [name, value] : f.exchange.answer_headers) lines.push_back(name + ": " + value);
  std::ranges::sort(lines);
  EXPECT_EQ(lines, (std::vector<std::string>{"Micro-Id: 7", "User-Agent: loadgen/1.0", "X-List: a",
                                             "X-List: b"}));
  std::string answer;
  write_answer(f.exchange, ConnectionHeader::none, answer);
  EXPECT_NE(answer.find("\r\nMicro-Id: 7\r\n"), std::string::npos) << answer;
}

TEST(HeaderCopies, WithoutEchoNothingIsSentBack) {
  ExchangeFixture f;
  chain_of(make_stage(HeaderCopiesSpec{.copies = 0}), [](Exchange&) {}).handle(f.exchange);
  EXPECT_TRUE(f.exchange.answer_headers.empty());
  EXPECT_EQ(make_stage(HeaderCopiesSpec{.copies = 2})->describe(),
            "hdrcopy: 2 copies of the header map");
}

}  // namespace
}  // namespace tracetax
