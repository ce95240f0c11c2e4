// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/kitex_pb.h"

#include "harness/wire/protobuf_fields.h"
#include "harness/wire/thrift_frame.h"

namespace tracetax {
namespace {

constexpr std::uint32_t kMagic = 0x9001'0000;
constexpr std::uint32_t kMagicMask = 0xffff'0000;
constexpr std::uint32_t kMessageTypeMask = 0xffff;
constexpr std::uint32_t kExceptionCode = 1, kExceptionMessage = 2;

}  // namespace

std::size_t append_kitex_pb(const ThriftMessage& head, std::string_view body, std::string& out) {
  const std::size_t frame = begin_frame(out);
  append_big_endian(kMagic | static_cast<std::uint32_t>(head.type), out);
  append_big_endian(static_cast<std::uint32_t>(head.name.size()), out);
  out.append(head.name);
  const std::size_t sequence_at = out.size();
  append_big_endian(static_cast<std::uint32_t>(head.sequence), out);
  out.append(body);
  end_frame(out, frame);
  return sequence_at;
}

bool read_kitex_pb(std::string_view frame, ThriftMessage& head, std::string_view& body) noexcept {
  const FrameEnd end = find_frame(frame, FrameLength::of_the_rest, frame.size());
  if (end.step != FrameEnd::Step::whole || end.size != frame.size()) return false;
  ByteReader in(frame.substr(kFrameLengthSize));
  std::uint32_t magic = 0, name_size = 0, sequence = 0;
  if (!in.read(magic) || (magic & kMagicMask) != kMagic) return false;
  const std::uint32_t type = magic & kMessageTypeMask;
  if (type < 1 || type > 4 || !in.read(name_size) || name_size > kThriftNameMax) return false;
  if (!in.read(std::size_t{name_size}, head.name) || !in.read(sequence)) return false;
  head.type = static_cast<ThriftMessageType>(type);
  head.sequence = static_cast<std::int32_t>(sequence);
  body = in.rest();
  return true;
}

void append_kitex_pb_exception(const ThriftException& exception, std::string& out) {
  append_protobuf_integer(kExceptionCode, exception.code, out);
  append_protobuf_text(kExceptionMessage, exception.message, out);
}

bool read_kitex_pb_exception(std::string_view body, ThriftException& exception) noexcept {
  exception = {};
  ProtobufReader in(body);
  while (!in.at_end()) {
    ProtobufField field;
    if (!in.next(field)) return false;
    if (field.number == kExceptionCode && field.is_integer) {
      exception.code = static_cast<std::int32_t>(static_cast<std::uint32_t>(field.integer));
    } else if (field.number == kExceptionMessage && field.is_text) {
      exception.message = field.text;
    }
  }
  return true;
}

}  // namespace tracetax
