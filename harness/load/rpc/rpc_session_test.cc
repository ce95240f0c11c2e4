// The RPC session by itself, between a scripted owner and a socket that nobody empties: what an
// engine with a real peer can only see by chance.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/rpc/rpc_session.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

#include "harness/load/rpc/rpc_testing.h"
#include "harness/load/session/connection.h"

namespace tracetax {
namespace {

using testing::RpcKind;

/// Begins two calls, and none after them.
class TwoCalls final : public SessionOwner {
 public:
  TwoCalls() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    connection.transport.open(ends[0]);
    peer.open(ends[1]);
    connection.calls = calls;
    for (Call& call : calls) call.connection = &connection;
  }

  void begin(Session& session) {
    for (Call& call : calls) {
      call.busy = true;
      ++connection.busy;
      session.begin(call);
    }
  }
  /// Empties the socket, so that the session can write on.
  void read_everything() {
    std::array<char, 65536> bytes{};
    while (peer.read(bytes.data(), bytes.size()) > 0) {
    }
  }

  Connection connection;
  Transport peer;
  std::array<Call, 2> calls;
  std::vector<Ending::Kind> endings;

 private:
  void on_ready(Connection&, std::int64_t) override {}
  void on_sent(Call&, std::int64_t) override {}
  void on_message(Call&, std::int64_t) override { ADD_FAILURE() << "a message"; }
  void on_ended(Call& call, const Ending& ending, std::int64_t) override {
    call.busy = false;
    --connection.busy;
    endings.push_back(ending.kind);
  }
  [[nodiscard]] std::int64_t clock() const override { return 0; }
};

class RpcSessionMux : public ::testing::TestWithParam<RpcKind> {};

TEST_P(RpcSessionMux, AnEarlyAnswerEndsTheConnectionAndNotTheCallsOnTheWay) {
  TwoCalls owner;
  PreparedScenario scenario = testing::echo_scenario(GetParam(), std::string(4'000'000, 'b'));
  RpcSession session(owner, owner.connection, scenario, false);
  session.start(0);
  owner.begin(session);
  ASSERT_EQ(session.flush(), Session::Flush::blocked) << "the socket took two requests of 4 MB";

  const auto answer_of = [&](std::uint32_t sequence) {
    return testing::echo_answer(GetParam(), {sequence, "Echo", "", ""});
  };
  ASSERT_EQ(session.take(answer_of(2), 0), Session::Fate::fine);  // the first has the sequence 2
  EXPECT_FALSE(owner.connection.takes_calls);

  while (session.flush() == Session::Flush::blocked) owner.read_everything();
  ASSERT_EQ(session.take(answer_of(3), 0), Session::Fate::fine);
  EXPECT_EQ(owner.endings, (std::vector{Ending::Kind::reply, Ending::Kind::reply}));
  EXPECT_FALSE(owner.connection.takes_calls);
}

TEST_P(RpcSessionMux, AnAnswerToNoCallIsMalformed) {
  TwoCalls owner;
  PreparedScenario scenario = testing::echo_scenario(GetParam());
  RpcSession session(owner, owner.connection, scenario, false);
  session.start(0);
  owner.begin(session);
  ASSERT_EQ(session.flush(), Session::Flush::done);
  const std::string answer = testing::echo_answer(GetParam(), {9, "Echo", "", ""});
  EXPECT_EQ(session.take(answer, 0), Session::Fate::broken);
  EXPECT_EQ(session.error(), ErrorKind::malformed);
  EXPECT_NE(session.explain().find("the sequence 9, which no call has"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Protocols, RpcSessionMux,
                         ::testing::Values(RpcKind::ttheader_mux, RpcKind::tars),
                         [](const auto& kind) { return testing::name_of(kind.param); });

}  // namespace
}  // namespace tracetax
