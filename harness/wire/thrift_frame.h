// Frames that begin with their length as four bytes, big endian: framed Thrift and kitex-pb (the
// length of what follows), TTHeader (the same), Tars (the length with those four bytes).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

inline constexpr std::size_t kFrameLengthSize = 4;
/// The most that Apache Thrift's libraries take unless told otherwise.
inline constexpr std::size_t kThriftFrameMax = 16'384'000;

enum class FrameLength : std::uint8_t { of_the_rest, of_all };

/// Leaves room for a length; returns its place for end_frame().
[[nodiscard]] std::size_t begin_frame(std::string& out);
/// Writes the length of what was appended since begin_frame(). Less than 2 GiB.
void end_frame(std::string& out, std::size_t at, FrameLength counts = FrameLength::of_the_rest);

/// Where the first frame of a stream ends.
struct FrameEnd {
  enum class Step : std::uint8_t { need_more, whole, malformed };
  Step step = Step::need_more;
  std::size_t size = 0;  // of the whole frame with its length; 0 as long as that is not known
};
/// Malformed: longer than `frame_max` in all, or a length that does not even count itself. Never
/// fails otherwise.
[[nodiscard]] FrameEnd find_frame(std::string_view stream, FrameLength counts,
                                  std::size_t frame_max) noexcept;

}  // namespace tracetax
