// Kitex's framings: found out from the first bytes of each frame, as its server does it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/big_endian.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/thrift_binary.h"
#include "targets/engine/rpc_framing.h"

namespace tracetax {
namespace {

// TApplicationException's numbers; Kitex has one of its own for a method that it does not know.
constexpr std::int32_t kUnknownMethod = 20;
constexpr std::int32_t kInternalError = 6;

boost::beast::string_view beast_view(std::string_view text) { return {text.data(), text.size()}; }

/// The 16 bits behind a frame's length, which tell the protocols apart.
std::uint16_t magic_of(std::string_view frame) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(frame[at]); };
  if (frame.size() < kFrameLengthSize + 2) return 0;
  return static_cast<std::uint16_t>((byte(kFrameLengthSize) << 8) | byte(kFrameLengthSize + 1));
}

constexpr std::uint16_t kTtMagic = 0x1000;
constexpr std::uint16_t kTtMessageType = 22;  // an integer key
constexpr std::uint16_t kPbMagic = 0x9001;

/// Thrift's strict binary form without a frame.
bool is_bare(std::string_view stream) { return stream.starts_with('\x80'); }

/// What instrumentation sees: transient keys.
void copy_texts(const TtHeader& header, Exchange::Headers& out) {
  for (const auto& [key, value] : header.texts) {
    if (!key.starts_with(kTransitPrefix) || key.size() == kTransitPrefix.size()) continue;
    out.insert(beast_view(key.substr(kTransitPrefix.size())), beast_view(value));
  }
}

class KitexFraming final : public CallFraming {
 public:
  FrameEnd find(std::string_view stream) const noexcept override {
    if (is_bare(stream)) return find_bare(stream);
    return find_frame(stream, FrameLength::of_the_rest, kRpcFrameLimit);
  }

  bool read(std::string_view frame, RpcCall& call) const override {
    call.headers.clear();
    call.protocol = "PurePayload";
    if (is_bare(frame)) return read_thrift(frame, call);
    call.protocol = "Framed";
    if (magic_of(frame) != kTtMagic) return read_framed(frame, call);
    std::string_view payload;
    if (!read_ttheader(frame, call.ttheader, payload)) return false;
    copy_texts(call.ttheader, call.headers);
    if (magic_of(payload) == kPbMagic || payload.starts_with('\0')) {
      if (!read_framed(payload, call)) return false;
      call.protocol = "TTHeader|Framed";
      return true;
    }
    call.protocol = "TTHeader";
    return read_thrift(payload, call);
  }

  void write(const RpcCall& call, const Exchange& exchange, std::string& out) const override {
    if (call.protocol == "PurePayload") return write_thrift(call, exchange, out);
    if (call.protocol == "Framed") return write_framed(call, exchange, out);
    TtHeader header;  // its protocol stays 0, whatever the caller's was
    header.sequence = static_cast<std::uint32_t>(head_of(call, exchange).sequence);
    if (exchange.instrumented) {  // by the handler of meta data that the tracing suite brings along
      const bool failed = exchange.status >= 400;
      if (failed) header.texts.emplace_back("crrst", "1");  // the caller is to drop the connection
      header.integers.emplace_back(kTtMessageType, failed ? "3" : "2");
    }
    for (const AnswerHeader& one : exchange.answer_headers) {
      header.texts.emplace_back(one.name, one.value);
    }
    const TtFrame frame = begin_ttheader(header, out);
    if (call.protocol == "TTHeader") {
      write_thrift(call, exchange, out);
    } else {
      write_framed(call, exchange, out);
    }
    end_ttheader(out, frame);
  }

  std::string_view describe() const override {
    return "framed Thrift or kitex-pb, with or without TTHeader, found out per call";
  }

 private:
  /// Nothing but the message itself tells where it ends.
  static FrameEnd find_bare(std::string_view stream) noexcept {
    ThriftReader reader(stream);
    ThriftMessage head;
    if (reader.message(head) && reader.skip(ThriftType::structure)) {
      return {FrameEnd::Step::whole, stream.size() - reader.rest().size()};
    }
    return {stream.size() < kRpcFrameLimit ? FrameEnd::Step::need_more : FrameEnd::Step::malformed,
            0};
  }

  static bool take_head(const ThriftMessage& head, RpcCall& call) {
    call.method = head.name;
    call.id = head.sequence;
    call.wants_answer = head.type == ThriftMessageType::call;
    return call.wants_answer || head.type == ThriftMessageType::oneway;
  }

  static bool read_framed(std::string_view frame, RpcCall& call) {
    if (frame.size() < kFrameLengthSize) return false;
    if (magic_of(frame) != kPbMagic) return read_thrift(frame.substr(kFrameLengthSize), call);
    ThriftMessage head;
    call.protobuf = true;
    return read_kitex_pb(frame, head, call.body) && take_head(head, call);
  }

  static bool read_thrift(std::string_view payload, RpcCall& call) {
    ThriftReader reader(payload);
    ThriftMessage head;
    call.protobuf = false;
    if (!reader.message(head)) return false;
    call.body = reader.rest();
    return take_head(head, call);
  }

  /// `text` keeps the words.
  static ThriftException exception_of(const RpcCall& call, const Exchange& exchange,
                                      std::string& text) {
    if (exchange.status != 404) return {exchange.answer, kInternalError};
    text.assign("unknown service , method ").append(call.method);
    return {text, kUnknownMethod};
  }

  /// The call's own, but for a method that kitex-pb does not know: the message has not been read
  /// then.
  static std::int32_t sequence_of(const RpcCall& call, const Exchange& exchange) {
    if (!call.protobuf || exchange.status != 404) return static_cast<std::int32_t>(call.id);
    return call.protocol == "Framed" ? 0 : static_cast<std::int32_t>(call.ttheader.sequence);
  }

  static ThriftMessage head_of(const RpcCall& call, const Exchange& exchange) {
    return {exchange.status < 400 ? ThriftMessageType::reply : ThriftMessageType::exception,
            call.method, sequence_of(call, exchange)};
  }

  static void write_framed(const RpcCall& call, const Exchange& exchange, std::string& out) {
    if (!call.protobuf) {
      const std::size_t at = begin_frame(out);
      write_thrift(call, exchange, out);
      return end_frame(out, at);
    }
    if (exchange.status < 400) {
      append_kitex_pb(head_of(call, exchange), exchange.answer, out);
      return;
    }
    std::string text, body;
    append_kitex_pb_exception(exception_of(call, exchange, text), body);
    append_kitex_pb(head_of(call, exchange), body, out);
  }

  static void write_thrift(const RpcCall& call, const Exchange& exchange, std::string& out) {
    ThriftWriter writer(out);
    writer.message(head_of(call, exchange));
    if (exchange.status < 400) {
      out.append(exchange.answer);
    } else {
      std::string text;
      writer.exception(exception_of(call, exchange, text));
    }
  }
};

}  // namespace

std::unique_ptr<const CallFraming> make_kitex_framing() { return std::make_unique<KitexFraming>(); }

}  // namespace tracetax
