// Kitex's framings: found out from the first bytes of each frame, as its server does it.
// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/big_endian.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/thrift_binary.h"
#include "targets/engine/rpc_framing.h"

namespace tracetax {
namespace {

constexpr std::string_view kPersistPrefix = "RPC_PERSIST_";

// TApplicationException's numbers.
constexpr std::int32_t kUnknownMethod = 1;
constexpr std::int32_t kInternalError = 6;

boost::beast::string_view beast_view(std::string_view text) { return {text.data(), text.size()}; }

/// The 16 bits behind a frame's length, which tell the protocols apart.
std::uint16_t magic_of(std::string_view frame) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(frame[at]); };
  if (frame.size() < kFrameLengthSize + 2) return 0;
  return static_cast<std::uint16_t>((byte(kFrameLengthSize) << 8) | byte(kFrameLengthSize + 1));
}

constexpr std::uint16_t kTtMagic = 0x1000;
constexpr std::uint16_t kPbMagic = 0x9001;

void copy_texts(const TtHeader& header, Exchange::Headers& out) {
  for (const auto& [key, value] : header.texts) {
    std::string_view name = key;
    for (const std::string_view prefix : {kTransitPrefix, kPersistPrefix}) {
      if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    }
    if (!name.empty()) out.insert(beast_view(name), beast_view(value));
  }
}

class KitexFraming final : public CallFraming {
 public:
  FrameEnd find(std::string_view stream) const noexcept override {
    return find_frame(stream, FrameLength::of_the_rest, kRpcFrameLimit);
  }

  bool read(std::string_view frame, RpcCall& call) const override {
    call.headers.clear();
    call.protocol = "Framed";
    if (magic_of(frame) != kTtMagic) return read_framed(frame, call);
    std::string_view payload;
    if (!read_ttheader(frame, call.ttheader, payload)) return false;
    copy_texts(call.ttheader, call.headers);
    if (magic_of(payload) == kPbMagic || payload.starts_with('\0')) {
      if (!read_framed(payload, call)) return false;
      call.protocol = "TTHeaderFramed";
      return true;
    }
    call.protocol = "TTHeader";
    return read_thrift(payload, call);
  }

  void write(const RpcCall& call, const Exchange& exchange, std::string& out) const override {
    if (call.protocol == "Framed") return write_framed(call, exchange, out);
    TtHeader header;
    header.sequence = call.ttheader.sequence;
    header.protocol = call.ttheader.protocol;
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

  static ThriftException exception_of(const Exchange& exchange) {
    return {exchange.answer, exchange.status == 404 ? kUnknownMethod : kInternalError};
  }

  static ThriftMessage head_of(const RpcCall& call, const Exchange& exchange) {
    return {exchange.status < 400 ? ThriftMessageType::reply : ThriftMessageType::exception,
            call.method, static_cast<std::int32_t>(call.id)};
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
    std::string body;
    append_kitex_pb_exception(exception_of(exchange), body);
    append_kitex_pb(head_of(call, exchange), body, out);
  }

  static void write_thrift(const RpcCall& call, const Exchange& exchange, std::string& out) {
    ThriftWriter writer(out);
    writer.message(head_of(call, exchange));
    if (exchange.status < 400) {
      out.append(exchange.answer);
    } else {
      writer.exception(exception_of(exchange));
    }
  }
};

}  // namespace

std::unique_ptr<const CallFraming> make_kitex_framing() { return std::make_unique<KitexFraming>(); }

}  // namespace tracetax
