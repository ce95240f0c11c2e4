// TTHeader, Kitex's frame with metadata: what stands before the payload, which here is a Thrift
// message. Facts: https://www.cloudwego.io/docs/kitex/reference/transport_protocol_ttheader/
//
//   u32 length of what follows, u16 0x1000, u16 flags, u32 sequence,
//   u16 size of the header in words, u8 protocol, u8 transforms (0), blocks,
//   zeros to a whole word | payload
//   blocks: 0x01 texts {u16 n, (u16 length, bytes) x2},
//           0x10 integer keys {u16 n, u16 key, u16 length, bytes},
//           0x11 ACL token {u16 length, bytes}
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tracetax {

/// A key that the caller meant for this one call has this before its name, `traceparent` too; a
/// server takes it off again. (RPC_PERSIST_ would be handed on by each service on the way.)
inline constexpr std::string_view kTransitPrefix = "RPC_TRANSIT_";
inline constexpr std::string_view kTtTraceparentKey = "RPC_TRANSIT_traceparent";

/// Integer keys that Kitex's servers look for.
inline constexpr std::uint16_t kTtFromService = 3, kTtToService = 6, kTtToMethod = 9,
                               kTtFromMethod = 20;

inline constexpr std::uint8_t kTtThriftBinary = 0, kTtKitexProtobuf = 4;
/// The caller can take answers in any order.
inline constexpr std::uint16_t kTtOutOfOrder = 1;

/// The most that a header may take, as in Kitex.
inline constexpr std::size_t kTtHeaderMax = 65536;
inline constexpr std::size_t kTtFixedSize = 14;

struct TtHeader {
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint8_t protocol = kTtThriftBinary;
  std::vector<std::pair<std::string_view, std::string_view>> texts;
  std::vector<std::pair<std::uint16_t, std::string_view>> integers;  // by integer key
  std::string_view acl_token;                                        // empty: none
  friend bool operator==(const TtHeader&, const TtHeader&) = default;

  /// The value of a text key; empty if it is not there.
  [[nodiscard]] std::string_view text(std::string_view key) const noexcept;
};

/// Appends the header; the payload is to be appended, then end_ttheader() called with what this
/// returns. Keys and values of less than 64 KiB each. False as `fits`: the header is over
/// kTtHeaderMax and cannot be sent.
struct TtFrame {
  std::size_t at = 0;
  bool fits = true;
};
[[nodiscard]] TtFrame begin_ttheader(const TtHeader& header, std::string& out);
void end_ttheader(std::string& out, const TtFrame& frame);

/// Takes apart a whole frame, its length included. Views are into `frame`; `header` is reused, so
/// nothing is allocated once its lists are long enough. False: not TTHeader, a transform, an
/// unknown block, or a size that does not fit.
[[nodiscard]] bool read_ttheader(std::string_view frame, TtHeader& header,
                                 std::string_view& payload);

/// The fixed part alone, with no look at the blocks: for whoever only wants sequence and payload.
[[nodiscard]] bool read_ttheader_sequence(std::string_view frame, std::uint32_t& sequence,
                                          std::string_view& payload) noexcept;

}  // namespace tracetax
