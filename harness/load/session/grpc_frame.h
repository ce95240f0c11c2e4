// gRPC's framing of messages inside HTTP/2 DATA: one byte "compressed?", four bytes length (big
// endian), the message. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/session/protobuf_shape.h"

namespace tracetax {

inline constexpr std::size_t kGrpcPrefixSize = 5;

/// `message` with its prefix, uncompressed. At most 4 GiB - 1.
[[nodiscard]] std::string grpc_frame(std::string_view message);
/// The prefix alone, kGrpcPrefixSize bytes, for a message of `size` bytes.
void write_grpc_prefix(std::size_t size, bool compressed, char* out) noexcept;

/// Finds where messages end in a stream of DATA, however it was cut. Keeps no message, allocates
/// nothing.
class GrpcFrameReader {
 public:
  static constexpr int kUndefinedFlag = -1, kCompressed = -2, kNotProtobuf = -3;

  /// `of_protobuf`: each message must have the shape of one of protobuf.
  void reset(bool of_protobuf = false) noexcept {
    *this = GrpcFrameReader{};
    of_protobuf_ = of_protobuf;
  }

  /// Takes all of `data`; returns how many messages end in it, or which of the above was found. We
  /// never ask for compression.
  [[nodiscard]] int take(std::string_view data) noexcept;

  /// Whether the stream may end here: not inside of a message.
  [[nodiscard]] bool between_messages() const noexcept { return prefix_size_ == 0; }
  [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }

 private:
  std::uint8_t prefix_size_ = 0;  // bytes of it read; all of them: inside the message
  std::uint32_t left_ = 0;        // its length as far as it was read, then what is left
  std::uint64_t messages_ = 0;
  bool of_protobuf_ = false;
  ProtobufShape shape_;  // of the message so far
};

/// Takes the next message off the front of `body`; nothing if a whole one is not there. Allocates
/// nothing.
[[nodiscard]] std::optional<std::string_view> take_grpc_message(std::string_view& body) noexcept;

/// The messages of a whole body; empty if it is not whole.
[[nodiscard]] std::vector<std::string_view> grpc_messages(std::string_view body);

}  // namespace tracetax
