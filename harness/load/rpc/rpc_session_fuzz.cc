// Bytes from a server into an RPC session that always has calls on the way: no crash, no hang, and
// every call ends at most once. The first byte chooses the protocol (its low three bits) and the
// size of the pieces.
// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "harness/load/rpc/rpc_session.h"
#include "harness/load/session/connection.h"

namespace {

using namespace tracetax;

constexpr std::size_t kPlaces = 4;
constexpr int kCallsMax = 64;
constexpr const RpcFraming* kFramings[] = {&kFramedThrift, &kTtHeader, &kTtHeaderMux, &kKitexPb,
                                           &kTars};

void check(bool fact) {
  if (!fact) std::abort();
}

PreparedScenario scenario_of(const RpcFraming& framing) {
  RpcTemplate request;
  request.bytes = "sequence and " + std::string(kTraceparentSize, '0');
  request.method = "Echo";
  request.sequence_at = {0, 4};
  request.context = {{ContextField::traceparent, 13}};
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = &framing;
  scenario.calls.push_back(std::move(request));
  return scenario;
}

// Begins a call wherever there is a place, as the engine does, and gives one up now and then.
class Driver final : public SessionOwner {
 public:
  explicit Driver(const RpcFraming& framing) : scenario_(scenario_of(framing)) {
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_) == 0);
    connection_.transport.open(ends_[0]);
    other_.open(ends_[1]);
    connection_.calls = std::span(calls_).first(framing.multiplexes ? kPlaces : 1);
    for (Call& call : calls_) call.connection = &connection_;
  }

  void run(std::string_view bytes, std::size_t piece) {
    RpcSession session(*this, connection_, scenario_, true);
    session_ = &session;
    session.start(0);
    bool fine = session.flush() != Session::Flush::broken;
    for (int turn = 0; fine && !bytes.empty(); ++turn) {
      fine = session.take(bytes.substr(0, piece), 0) == Session::Fate::fine;
      bytes.remove_prefix(std::min(piece, bytes.size()));
      if (fine && turn % 3 == 2) give_up(connection_.calls.front());
      if (fine) fine = session.flush() != Session::Flush::broken;
    }
    if (fine) session.end_of_stream(0);
    check(!session.explain().empty());
    session_ = nullptr;
  }

 private:
  void give_up(Call& call) {
    if (!call.busy || !session_->cancel(call)) return;
    on_ended(call, Ending::error(ErrorKind::timeout), 0);
  }
  void begin_if_free(Call& call) {
    if (call.busy || begun_ == kCallsMax || !connection_.takes_calls) return;
    call.busy = true;
    call.number = static_cast<std::uint64_t>(begun_++);
    ++connection_.busy;
    session_->begin(call);
  }

  void on_ready(Connection& connection, std::int64_t) override {
    check(static_cast<std::size_t>(connection.calls_max) == connection.calls.size());
    for (Call& call : connection.calls) begin_if_free(call);
  }
  void on_sent(Call& call, std::int64_t) override { check(call.busy); }
  void on_message(Call&, std::int64_t) override { check(false); }
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
  std::array<Call, kPlaces> calls_;
  Session* session_ = nullptr;
  int begun_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] < 8 ? size : static_cast<std::size_t>(data[0] >> 3);
  Driver driver(*kFramings[(data[0] & 7) % std::size(kFramings)]);
  driver.run({reinterpret_cast<const char*>(data) + 1, size - 1}, piece);
  return 0;
}
