// SPDX-License-Identifier: Apache-2.0
#include "harness/core/pack/snappy.h"

#include <fmt/format.h>
#include <snappy-c.h>

#include <array>
#include <cstdint>

namespace tracetax {
namespace {

// The framing format: chunks of a type in one byte, a length in three, and the content. In those
// of data a checksum of four bytes comes first.
constexpr std::string_view kIdentifier{"\xff\x06\x00\x00sNaPpY", 10};
constexpr std::size_t kChunkHead = 4;
constexpr std::size_t kChecksum = 4;
constexpr std::size_t kBlockMost = 65'536;
enum : std::uint8_t { compressed_chunk = 0x00, plain_chunk = 0x01, skippable_from = 0x80 };

using Unpacked = tl::expected<std::string, UnpackError>;

[[nodiscard]] tl::unexpected<UnpackError> damaged(std::string_view what) {
  return tl::unexpected{UnpackError{false, fmt::format("snappy: {}", what)}};
}

[[nodiscard]] tl::unexpected<UnpackError> too_large(std::size_t limit_bytes) {
  return tl::unexpected{
      UnpackError{true, fmt::format("snappy: unpacks to more than {} bytes", limit_bytes)}};
}

[[nodiscard]] std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8U | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

void append_little_endian(std::uint32_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
}

/// CRC-32C, rotated and shifted as the format has it, so that a stream within a stream is safe.
[[nodiscard]] std::uint32_t masked_checksum(std::string_view bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit)
        value = value >> 1U ^ ((value & 1U) != 0 ? 0x82f6'3b78U : 0U);
      made[i] = value;
    }
    return made;
  }();
  std::uint32_t crc = ~0U;
  for (const char byte : bytes)
    crc = crc >> 8U ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xffU];
  crc = ~crc;
  return (crc >> 15U | crc << 17U) + 0xa282'ead8U;
}

/// Appends. The block is checked before memory is asked for, because its first bytes may promise
/// anything.
[[nodiscard]] tl::expected<void, UnpackError> unpack_block(std::string_view packed,
                                                           std::size_t limit_bytes,
                                                           std::string& out) {
  std::size_t size = 0;
  if (snappy_uncompressed_length(packed.data(), packed.size(), &size) != SNAPPY_OK)
    return damaged("no length");
  if (size > limit_bytes) return too_large(limit_bytes);
  if (snappy_validate_compressed_buffer(packed.data(), packed.size()) != SNAPPY_OK)
    return damaged("damaged data");
  const std::size_t before = out.size();
  out.resize(before + size);
  if (snappy_uncompress(packed.data(), packed.size(), out.data() + before, &size) != SNAPPY_OK)
    return damaged("damaged data");
  return {};
}

[[nodiscard]] Unpacked unpack_stream(std::string_view packed, std::size_t limit_bytes) {
  std::string out;
  while (!packed.empty()) {
    if (packed.size() < kChunkHead) return damaged("ends within a chunk");
    const auto type = static_cast<std::uint8_t>(packed[0]);
    const std::size_t length = little_endian(packed.substr(1, 3));
    packed.remove_prefix(kChunkHead);
    if (packed.size() < length) return damaged("ends within a chunk");
    const std::string_view content = packed.substr(0, length);
    packed.remove_prefix(length);
    if (type >= skippable_from) continue;
    if (type > plain_chunk) return damaged(fmt::format("a chunk of unknown type {}", type));
    if (length < kChecksum) return damaged("a chunk without checksum");
    const std::size_t before = out.size();
    const std::string_view data = content.substr(kChecksum);
    if (type == compressed_chunk) {
      const std::size_t room = std::min(kBlockMost, limit_bytes - before);
      if (auto done = unpack_block(data, room, out); !done) {
        if (done.error().too_large && room == kBlockMost) return damaged("a chunk above 64 KiB");
        return done.error().too_large ? too_large(limit_bytes) : tl::unexpected{done.error()};
      }
    } else {
      if (data.size() > kBlockMost) return damaged("a chunk above 64 KiB");
      if (data.size() > limit_bytes - before) return too_large(limit_bytes);
      out += data;
    }
    if (masked_checksum(std::string_view{out}.substr(before)) !=
        little_endian(content.substr(0, kChecksum)))
      return damaged("incorrect checksum");
  }
  return out;
}

}  // namespace

Unpacked unpack_snappy(std::string_view packed, std::size_t limit_bytes) {
  // No block of OTLP begins as a stream does: its first byte of data would be 0.
  if (packed.starts_with(kIdentifier)) return unpack_stream(packed, limit_bytes);
  std::string out;
  if (auto done = unpack_block(packed, limit_bytes, out); !done)
    return tl::unexpected{done.error()};
  return out;
}

std::string pack_snappy_block(std::string_view bytes) {
  std::size_t size = snappy_max_compressed_length(bytes.size());
  std::string out(size, '\0');
  snappy_compress(bytes.data(), bytes.size(), out.data(), &size);
  out.resize(size);
  return out;
}

std::string pack_snappy_stream(std::string_view bytes) {
  std::string out(kIdentifier);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kBlockMost, bytes.size()))) {
    const std::string_view data = bytes.substr(0, kBlockMost);
    const std::string block = pack_snappy_block(data);
    out.push_back(compressed_chunk);
    append_little_endian(static_cast<std::uint32_t>(block.size() + kChecksum), 3, out);
    append_little_endian(masked_checksum(data), 4, out);
    out += block;
  }
  return out;
}

}  // namespace tracetax
