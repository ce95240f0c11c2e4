// Calls as a go-micro client makes them over its HTTP transport with the JSON codec.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>

#include "targets/request/http_text.h"
#include "targets/stages/client/call_wire.h"
#include "targets/stages/codec/codec.h"

namespace tracetax {
namespace {

class MicroCall final : public CallFormat {
 public:
  MicroCall() : codec_(make_codec(CodecKind::protojson)) {}

  void write(const Exchange& exchange, std::string_view to, std::string& out) const override {
    std::string body;
    codec_->encode(exchange.request, body);
    out += fmt::format(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: "
        "application/json\r\n"
        "Micro-Service: bench\r\nMicro-Endpoint: {}\r\nMicro-Method: {}\r\nMicro-Id: {}\r\n"
        "Timeout: 5000000000\r\nContent-Length: {}",
        to, exchange.path, exchange.path, next_id_.fetch_add(1, std::memory_order_relaxed),
        body.size());
    for (const AnswerHeader& header : exchange.call_headers) {
      out.append("\r\n").append(title_case(header.name)).append(": ").append(header.value);
    }
    out.append("\r\n\r\n").append(body);
  }

  Read read(std::string_view bytes, Exchange& exchange, std::size_t& least) const override {
    const Read done = read_http_answer(bytes, /*to_head=*/false, exchange, least);
    if (done != Read::whole || exchange.status >= 400) return done;
    // A user as an answer has all its fields, as in a request to create one.
    const bool is_user = std::holds_alternative<User>(exchange.request);
    const Action like = is_user ? Action::create_user : Action::echo;
    exchange.reply = request_of(like);
    if (!codec_->decode(exchange.answer, like, exchange.reply)) return Read::broken;
    exchange.answer.clear();
    return Read::whole;
  }

  std::string_view name() const override { return "go-micro's HTTP, JSON"; }

 private:
  const std::unique_ptr<const Codec> codec_;
  mutable std::atomic<std::uint64_t> next_id_{1};
};

}  // namespace

std::unique_ptr<const CallFormat> make_micro_call() { return std::make_unique<MicroCall>(); }

}  // namespace tracetax
