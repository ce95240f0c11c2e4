// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/thrift_frame.h"

#include "harness/wire/big_endian.h"

namespace tracetax {

std::size_t begin_frame(std::string& out) {
  const std::size_t at = out.size();
  out.append(kFrameLengthSize, '\0');
  return at;
}

void end_frame(std::string& out, std::size_t at, FrameLength counts) {
  const std::size_t whole = out.size() - at;
  const std::size_t told = counts == FrameLength::of_all ? whole : whole - kFrameLengthSize;
  store_big_endian(static_cast<std::uint32_t>(told), out.data() + at);
}

FrameEnd find_frame(std::string_view stream, FrameLength counts, std::size_t frame_max) noexcept {
  if (stream.size() < kFrameLengthSize) return {};
  std::size_t size = load_big_endian<std::uint32_t>(stream.data());
  if (counts == FrameLength::of_the_rest) size += kFrameLengthSize;
  if (size < kFrameLengthSize || size > frame_max) return {FrameEnd::Step::malformed, 0};
  return {stream.size() < size ? FrameEnd::Step::need_more : FrameEnd::Step::whole, size};
}

}  // namespace tracetax
