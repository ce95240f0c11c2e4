// Bytes from a server into an HTTP/2 session that always has calls on the way: no crash, no hang,
// and every call ends at most once. The first byte chooses gRPC or HTTP/2, turns, and the size of
// the pieces.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "harness/load/http/http2_session.h"
#include "harness/load/session/connection.h"
#include "harness/load/session/grpc_frame.h"

namespace {

using namespace tracetax;

constexpr int kStreams = 4;
constexpr int kCallsMax = 64;

void check(bool fact) {
  if (!fact) std::abort();
}

PreparedScenario scenario_of(bool is_grpc, bool takes_turns) {
  StreamTemplate stream;
  stream.fields = {{":method", "POST"}, {":scheme", "http"},
                   {":authority", "t"}, {":path", "/t.T/C"},
                   {"te", "trailers"},  {"traceparent", std::string(kTraceparentSize, '0')}};
  stream.context = {{ContextField::traceparent, 5}};
  stream.messages = {grpc_frame("one"), grpc_frame("two")};
  PreparedScenario scenario;
  scenario.protocol = is_grpc ? Protocol::grpc : Protocol::http2;
  scenario.answers_with_messages = is_grpc;
  scenario.takes_turns = is_grpc && takes_turns;
  scenario.streams.push_back(std::move(stream));
  return scenario;
}

// Begins a call wherever there is a place, as the engine does; nobody reads what is written.
class Driver final : public SessionOwner {
 public:
  explicit Driver(PreparedScenario scenario) : scenario_(std::move(scenario)) {
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_) == 0);
    connection_.transport.open(ends_[0]);
    connection_.calls = calls_;
    for (Call& call : calls_) call.connection = &connection_;
  }
  ~Driver() { other_.open(ends_[1]); }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  void run(std::string_view bytes, std::size_t piece) {
    Http2Session session(*this, connection_, scenario_, kStreams, true);
    session_ = &session;
    session.start(0);
    Session::Fate fate = flush();
    while (!bytes.empty() && fate == Session::Fate::fine) {
      fate = session.take(bytes.substr(0, piece), 0);
      bytes.remove_prefix(std::min(piece, bytes.size()));
      if (fate == Session::Fate::fine) fate = flush();
    }
    if (fate == Session::Fate::fine) session.end_of_stream(0);
    check(!session.explain().empty());
    // Those left are the engine's to end; none of them may be told after that.
    for (Call& call : calls_) {
      if (call.busy && fate == Session::Fate::fine) check(session.cancel(call));
      call.busy = false;
    }
    session_ = nullptr;
  }

 private:
  Session::Fate flush() {
    const Session::Flush flushed = session_->flush();
    return flushed == Session::Flush::broken ? Session::Fate::broken : Session::Fate::fine;
  }
  void begin_calls() {
    for (Call& call : calls_) begin_if_free(call);
  }
  void begin_if_free(Call& call) {
    if (call.busy || begun_ == kCallsMax || !connection_.takes_calls ||
        connection_.busy >= connection_.calls_max)
      return;
    call.busy = true;
    call.number = static_cast<std::uint64_t>(begun_++);
    ++connection_.busy;
    session_->begin(call);
  }

  void on_ready(Connection& connection, std::int64_t) override {
    check(&connection == &connection_ && connection.calls_max <= kStreams &&
          connection.calls_max >= 0);
    begin_calls();
  }
  void on_sent(Call& call, std::int64_t) override { check(call.busy); }
  void on_message(Call& call, std::int64_t) override { check(call.busy); }
  void on_ended(Call& call, const Ending&, std::int64_t) override {
    check(session_ != nullptr && call.busy);
    call.busy = false;
    --connection_.busy;
    begin_if_free(call);
  }
  [[nodiscard]] std::int64_t clock() const override { return 0; }

  PreparedScenario scenario_;
  int ends_[2] = {-1, -1};
  Transport other_;
  Connection connection_;
  std::array<Call, kStreams> calls_;
  Session* session_ = nullptr;
  int begun_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] < 4 ? size : data[0];
  Driver driver(scenario_of((data[0] & 1) != 0, (data[0] & 2) != 0));
  driver.run({reinterpret_cast<const char*>(data) + 1, size - 1}, piece);
  return 0;
}
