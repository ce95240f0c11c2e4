// Calls as a TarsGo client makes them: a packet with the message in JCE, the context in the status
// map.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "harness/wire/bench_messages.h"
#include "harness/wire/tars_packet.h"
#include "harness/wire/thrift_frame.h"
#include "targets/stages/client/call_wire.h"

namespace tracetax {
namespace {

class TarsCall final : public CallFormat {
 public:
  void write(const Exchange& exchange, std::string_view, std::string& out) const override {
    std::string buffer;
    const auto* echo = std::get_if<Echo>(&exchange.request);
    encode_request(WireFormat::jce, EchoText{echo == nullptr ? "" : echo->text}, buffer);
    TarsRequest request;
    request.request_id = 1;  // one call at a time on a connection
    request.servant = kBenchServant;
    request.function = method_of(exchange.path);
    request.buffer = buffer;
    for (const AnswerHeader& header : exchange.call_headers) {
      request.status.emplace_back(header.name, header.value);
    }
    append_tars_request(request, out);
  }

  Read read(std::string_view bytes, Exchange& exchange, std::size_t&) const override {
    const FrameEnd end = find_frame(bytes, FrameLength::of_all, kTarsPacketMax);
    if (end.step == FrameEnd::Step::need_more) return Read::need_more;
    TarsResponse response;
    if (end.step == FrameEnd::Step::malformed || end.size != bytes.size() ||
        !read_tars_response(bytes, response)) {
      return Read::broken;
    }
    if (response.ret != 0) {
      exchange.status = 500;
      exchange.answer.assign(response.description);
      if (exchange.answer.empty()) exchange.answer = fmt::format("ret {}", response.ret);
      return Read::whole;
    }
    EchoText answer;
    if (!decode_answer(WireFormat::jce, response.buffer, answer)) return Read::broken;
    exchange.reply = Echo{std::move(answer.text)};
    return Read::whole;
  }

  std::string_view name() const override { return "Tars packets"; }
};

}  // namespace

std::unique_ptr<const CallFormat> make_tars_call() { return std::make_unique<TarsCall>(); }

}  // namespace tracetax
