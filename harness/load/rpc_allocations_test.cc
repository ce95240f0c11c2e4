// That an RPC session takes no memory once calls flow. A program of its own, as it counts every
// allocation.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <new>

#include "harness/load/rpc/rpc_session.h"
#include "harness/load/rpc/rpc_testing.h"
#include "harness/load/session/connection.h"
#include "harness/wire/big_endian.h"

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tracetax {
namespace {

using namespace testing;

constexpr std::uint32_t kMark = 0x7e7e7e7e;

class Owner final : public SessionOwner {
 public:
  void on_ready(Connection&, std::int64_t) override {}
  void on_sent(Call&, std::int64_t) override { ++sent; }
  void on_message(Call&, std::int64_t) override {}
  void on_ended(Call& call, const Ending& ending, std::int64_t) override {
    call.busy = false;
    if (ending.kind == Ending::Kind::reply) ++replies;
  }
  [[nodiscard]] std::int64_t clock() const override { return 0; }
  std::size_t sent = 0, replies = 0;
};

class RpcAllocations : public ::testing::TestWithParam<RpcKind> {};

TEST_P(RpcAllocations, ThereAreNonePerCall) {
  constexpr std::size_t kWarm = 10, kCalls = 1000;
  const std::size_t places = framing_of(GetParam()).multiplexes ? 4 : 1;
  PreparedScenario scenario = echo_scenario(GetParam());
  std::string answer = echo_answer(GetParam(), {kMark, "Echo", "hello", ""});
  std::vector<std::size_t> marks;
  char mark[sizeof kMark];
  store_big_endian(kMark, mark);
  for (std::size_t at = 0; (at = answer.find({mark, sizeof mark}, at)) != std::string::npos; ++at)
    marks.push_back(at);
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  Transport other;
  other.open(ends[1]);
  std::array<Call, 4> calls;
  Connection connection;
  connection.transport.open(ends[0]);
  connection.calls = std::span(calls).first(places);
  Owner owner;
  RpcSession session(owner, connection, scenario, true);
  session.start(0);
  std::vector<char> drain(64 * 1024);
  for (std::size_t round = 1; round <= kWarm + kCalls; ++round) {
    if (round == kWarm + 1) {
      EXPECT_GT(allocations, 0U);  // what the first calls took: so it counts
      allocations = 0;
    }
    for (Call& call : connection.calls) {
      call.busy = true;
      session.begin(call);
    }
    ASSERT_EQ(session.flush(), Session::Flush::done);
    ASSERT_GT(other.read(drain.data(), drain.size()), 0);
    for (std::size_t place = places; place-- > 0;) {
      const auto sequence = static_cast<std::uint32_t>(round * places + place);
      for (const std::size_t at : marks) store_big_endian(sequence, answer.data() + at);
      // In two pieces, so that what is kept between them is counted too.
      const std::string_view bytes = answer;
      ASSERT_EQ(session.take(bytes.substr(0, 7), 0), Session::Fate::fine);
      ASSERT_EQ(session.take(bytes.substr(7), 0), Session::Fate::fine);
    }
  }
  const std::size_t counted = allocations;
  EXPECT_EQ(counted, 0U);
  EXPECT_EQ(owner.replies, (kWarm + kCalls) * places);
  EXPECT_EQ(owner.sent, owner.replies);
}

const auto kNameOfTest = [](const auto& of) { return name_of(of.param); };
INSTANTIATE_TEST_SUITE_P(Protocols, RpcAllocations,
                         ::testing::Values(RpcKind::framed_thrift, RpcKind::ttheader,
                                           RpcKind::ttheader_mux, RpcKind::kitex_pb, RpcKind::tars),
                         kNameOfTest);

}  // namespace
}  // namespace tracetax
