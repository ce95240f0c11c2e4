// Calls as a Kitex client makes them: Thrift, behind TTHeader where there are headers to send
// along.
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/bench_messages.h"
#include "harness/wire/thrift_binary.h"
#include "harness/wire/thrift_frame.h"
#include "harness/wire/ttheader.h"
#include "targets/stages/client/call_wire.h"

namespace tracetax {
namespace {

constexpr std::uint16_t kTtMagic = 0x1000;

bool is_ttheader(std::string_view frame) {
  return frame.size() > kFrameLengthSize + 1 &&
         static_cast<unsigned char>(frame[kFrameLengthSize]) == kTtMagic >> 8 &&
         frame[kFrameLengthSize + 1] == '\0';
}

class ThriftCall final : public CallFormat {
 public:
  void write(const Exchange& exchange, std::string_view, std::string& out) const override {
    if (exchange.call_headers.empty()) {
      const std::size_t at = begin_frame(out);
      write_message(exchange, out);
      return end_frame(out, at);
    }
    TtHeader header;
    std::vector<std::string> keys;  // the header has views only
    keys.reserve(exchange.call_headers.size());
    for (const AnswerHeader& one : exchange.call_headers) {
      keys.push_back(std::string(kTransitPrefix).append(one.name));
      header.texts.emplace_back(keys.back(), one.value);
    }
    header.sequence = kSequence;
    const TtFrame frame = begin_ttheader(header, out);
    write_message(exchange, out);
    end_ttheader(out, frame);
  }

  Read read(std::string_view bytes, Exchange& exchange, std::size_t&) const override {
    const FrameEnd end = find_frame(bytes, FrameLength::of_the_rest, kThriftFrameMax);
    if (end.step == FrameEnd::Step::need_more) return Read::need_more;
    if (end.step == FrameEnd::Step::malformed || end.size != bytes.size()) return Read::broken;
    std::string_view payload = bytes.substr(kFrameLengthSize);
    TtHeader header;
    if (is_ttheader(bytes) && !read_ttheader(bytes, header, payload)) return Read::broken;
    return read_message(payload, exchange) ? Read::whole : Read::broken;
  }

  std::string_view name() const override { return "framed Thrift, TTHeader with a context"; }

 private:
  // One call at a time on a connection, so the number tells nothing.
  static constexpr std::uint32_t kSequence = 1;

  static void write_message(const Exchange& exchange, std::string& out) {
    ThriftWriter writer(out);
    const auto* user = std::get_if<User>(&exchange.request);
    writer.message(
        {ThriftMessageType::call, method_of(exchange.path), static_cast<std::int32_t>(kSequence)});
    if (user != nullptr) return encode_request(WireFormat::thrift, UserQuery{user->id}, out);
    const auto* echo = std::get_if<Echo>(&exchange.request);
    encode_request(WireFormat::thrift, EchoText{echo == nullptr ? "" : echo->text}, out);
  }

  static bool read_message(std::string_view payload, Exchange& exchange) {
    ThriftReader reader(payload);
    ThriftMessage head;
    if (!reader.message(head)) return false;
    if (head.type == ThriftMessageType::exception) {
      ThriftException exception;
      if (!reader.exception(exception)) return false;
      exchange.status = 500;
      exchange.answer.assign(exception.message);
      return true;
    }
    return read_result(reader.rest(), head.name == kBenchGetUser, exchange.reply);
  }

  static bool read_result(std::string_view result, bool is_user, Message& reply) {
    if (is_user) {
      BenchUser user;
      if (!decode_answer(WireFormat::thrift, result, user)) return false;
      reply =
          User{user.id, std::move(user.name), std::move(user.email), std::move(user.created_at)};
      return true;
    }
    EchoText answer;
    if (!decode_answer(WireFormat::thrift, result, answer)) return false;
    reply = Echo{std::move(answer.text)};
    return true;
  }
};

}  // namespace

std::unique_ptr<const CallFormat> make_thrift_call() { return std::make_unique<ThriftCall>(); }

}  // namespace tracetax
