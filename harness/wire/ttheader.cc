// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/ttheader.h"

#include "harness/wire/big_endian.h"
#include "harness/wire/thrift_frame.h"

namespace tracetax {
namespace {

constexpr std::uint16_t kTtMagic = 0x1000;
constexpr std::uint8_t kPadding = 0, kTexts = 0x01, kIntegers = 0x10, kAclToken = 0x11;
constexpr std::size_t kSequenceAt = 8, kWordsAt = 12, kWord = 4;

void append_text(std::string_view text, std::string& out) {
  append_big_endian(static_cast<std::uint16_t>(text.size()), out);
  out.append(text);
}

bool read_text(ByteReader& in, std::string_view& text) noexcept {
  std::uint16_t size = 0;
  return in.read(size) && in.read(size, text);
}

bool read_blocks(ByteReader& in, TtHeader& header) {
  std::uint8_t block = 0;
  while (in.read(block)) {
    if (block == kPadding) continue;
    if (block == kAclToken) {
      if (!read_text(in, header.acl_token)) return false;
      continue;
    }
    if (block != kTexts && block != kIntegers) return false;
    std::uint16_t count = 0;
    if (!in.read(count)) return false;
    for (; count > 0; --count) {  // each takes bytes, so the input bounds the lists
      std::string_view key, value;
      std::uint16_t number = 0;
      const bool has_key = block == kTexts ? read_text(in, key) : in.read(number);
      if (!has_key || !read_text(in, value)) return false;
      if (block == kTexts) {
        header.texts.emplace_back(key, value);
      } else {
        header.integers.emplace_back(number, value);
      }
    }
  }
  return true;
}

// The header after its fixed part, and the payload.
bool split(std::string_view frame, std::string_view& blocks, std::string_view& payload) noexcept {
  const FrameEnd end = find_frame(frame, FrameLength::of_the_rest, frame.size());
  if (end.step != FrameEnd::Step::whole || end.size != frame.size() || frame.size() < kTtFixedSize)
    return false;
  if (load_big_endian<std::uint16_t>(frame.data() + kFrameLengthSize) != kTtMagic) return false;
  const std::size_t size = load_big_endian<std::uint16_t>(frame.data() + kWordsAt) * kWord;
  if (size == 0 || size > kTtHeaderMax || size > frame.size() - kTtFixedSize) return false;
  blocks = frame.substr(kTtFixedSize, size);
  payload = frame.substr(kTtFixedSize + size);
  return true;
}

}  // namespace

std::string_view TtHeader::text(std::string_view key) const noexcept {
  for (const auto& [name, value] : texts) {
    if (name == key) return value;
  }
  return {};
}

TtFrame begin_ttheader(const TtHeader& header, std::string& out) {
  TtFrame frame{begin_frame(out), true};
  append_big_endian(kTtMagic, out);
  append_big_endian(header.flags, out);
  append_big_endian(header.sequence, out);
  append_big_endian(std::uint16_t{0}, out);
  out.push_back(static_cast<char>(header.protocol));
  out.push_back('\0');  // transforms
  if (!header.acl_token.empty()) {
    out.push_back(static_cast<char>(kAclToken));
    append_text(header.acl_token, out);
  }
  if (!header.texts.empty()) {
    out.push_back(static_cast<char>(kTexts));
    append_big_endian(static_cast<std::uint16_t>(header.texts.size()), out);
    for (const auto& [key, value] : header.texts) {
      append_text(key, out);
      append_text(value, out);
    }
  }
  if (!header.integers.empty()) {
    out.push_back(static_cast<char>(kIntegers));
    append_big_endian(static_cast<std::uint16_t>(header.integers.size()), out);
    for (const auto& [key, value] : header.integers) {
      append_big_endian(key, out);
      append_text(value, out);
    }
  }
  std::size_t size = out.size() - frame.at - kTtFixedSize;
  while (size % kWord != 0) {
    out.push_back(static_cast<char>(kPadding));
    ++size;
  }
  frame.fits = size <= kTtHeaderMax;
  store_big_endian(static_cast<std::uint16_t>(size / kWord), out.data() + frame.at + kWordsAt);
  return frame;
}

void end_ttheader(std::string& out, const TtFrame& frame) { end_frame(out, frame.at); }

bool read_ttheader(std::string_view frame, TtHeader& header, std::string_view& payload) {
  std::string_view blocks;
  if (!split(frame, blocks, payload)) return false;
  header.flags = load_big_endian<std::uint16_t>(frame.data() + kFrameLengthSize + sizeof kTtMagic);
  header.sequence = load_big_endian<std::uint32_t>(frame.data() + kSequenceAt);
  header.texts.clear();
  header.integers.clear();
  header.acl_token = {};
  ByteReader in(blocks);
  std::uint8_t transforms = 0;
  return in.read(header.protocol) && in.read(transforms) && transforms == 0 &&
         read_blocks(in, header);
}

bool read_ttheader_sequence(std::string_view frame, std::uint32_t& sequence,
                            std::string_view& payload) noexcept {
  std::string_view blocks;
  if (!split(frame, blocks, payload)) return false;
  sequence = load_big_endian<std::uint32_t>(frame.data() + kSequenceAt);
  return blocks[0] == static_cast<char>(kTtThriftBinary) && blocks[1] == '\0';
}

}  // namespace tracetax
