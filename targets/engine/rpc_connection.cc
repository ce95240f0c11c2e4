// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/rpc_connection.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace tracetax {

namespace {

constexpr std::size_t kRpcReadSize = 4096;
constexpr std::size_t kRpcKeptSize = 16 * 1024;  // buffers larger than this do not stay
constexpr std::size_t kSentAtOnce = 256 * 1024;  // answers do not pile up beyond this

struct RpcPeer {
  RpcPeer(ConnectionSocket&& accepted, ConnectionEnds both)
      : socket(std::move(accepted)), ends(std::move(both)) {}

  ConnectionSocket socket;
  const ConnectionEnds ends;
  boost::beast::flat_buffer buffer;
  RpcCall call;
  std::string out;
  std::string answer;  // lent to the exchange, so that its memory is used again

  [[nodiscard]] std::string_view unread() const {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }
};

void answer_call(RpcPeer& c, const Chain& chain, const CallFraming& framing) {
  Exchange exchange;
  exchange.path = c.call.method;
  exchange.headers = &c.call.headers;
  exchange.body = c.call.body;
  exchange.protocol = c.call.protocol;
  exchange.request_id = c.call.id;
  c.ends.name_in(exchange);
  c.answer.clear();
  exchange.answer = std::move(c.answer);
  chain.handle(exchange);
  if (c.call.wants_answer) framing.write(c.call, exchange, c.out);
  c.answer = std::move(exchange.answer);
}

/// Answers the calls that are in the buffer as a whole. False: there is something else in it.
bool answer_calls(RpcPeer& c, const Chain& chain, const CallFraming& framing) {
  while (c.out.size() < kSentAtOnce) {
    const FrameEnd end = framing.find(c.unread());
    if (end.step == FrameEnd::Step::malformed) return false;
    if (end.step == FrameEnd::Step::need_more) return true;
    if (!framing.read(c.unread().substr(0, end.size), c.call)) return false;
    answer_call(c, chain, framing);
    c.buffer.consume(end.size);
  }
  return true;
}

void shrink_peer(RpcPeer& c) {
  if (c.buffer.size() == 0 && c.buffer.capacity() > kRpcKeptSize) c.buffer.shrink_to_fit();
  for (std::string* text : {&c.out, &c.answer}) {
    if (text->capacity() > kRpcKeptSize) std::string().swap(*text);
  }
}

}  // namespace

ConnectionTask serve_rpc(ConnectionSocket socket, const Chain& chain, const CallFraming& framing) {
  auto ends = set_up(socket);
  if (!ends) co_return;
  RpcPeer c(std::move(socket), std::move(*ends));
  while (true) {
    const bool in_order = answer_calls(c, chain, framing);
    if (!c.out.empty()) {
      if (!co_await send_text(c.socket, c.out)) co_return;
      const bool stopped_early = c.out.size() >= kSentAtOnce;
      c.out.clear();
      shrink_peer(c);
      if (in_order && stopped_early) continue;
    }
    if (!in_order) co_return;
    auto [error, read] =
        co_await c.socket.async_read_some(c.buffer.prepare(kRpcReadSize), kAwaitTuple);
    if (error) co_return;
    c.buffer.commit(read);
  }
}

}  // namespace tracetax
