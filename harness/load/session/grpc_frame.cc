// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/grpc_frame.h"

#include <algorithm>

namespace tracetax {

std::string grpc_frame(std::string_view message) {
  std::string frame(kGrpcPrefixSize, '\0');
  frame.reserve(kGrpcPrefixSize + message.size());
  write_grpc_prefix(message.size(), false, frame.data());
  return frame.append(message);
}

void write_grpc_prefix(std::size_t size, bool compressed, char* out) noexcept {
  *out++ = compressed ? '\1' : '\0';
  for (int shift = 24; shift >= 0; shift -= 8)
    *out++ = static_cast<char>(static_cast<std::uint8_t>(size >> shift));
}

int GrpcFrameReader::take(std::string_view data) noexcept {
  int ended = 0;
  while (true) {
    if (prefix_size_ == kGrpcPrefixSize) {
      const std::size_t part = std::min<std::size_t>(left_, data.size());
      if (of_protobuf_ && !shape_.take(data.substr(0, part))) return kNotProtobuf;
      data.remove_prefix(part);
      left_ -= static_cast<std::uint32_t>(part);
      if (left_ > 0) return ended;
      if (of_protobuf_ && !shape_.whole()) return kNotProtobuf;
      prefix_size_ = 0;
      ++ended;
      ++messages_;
    }
    if (data.empty()) return ended;
    const auto byte = static_cast<std::uint8_t>(data.front());
    data.remove_prefix(1);
    if (prefix_size_ == 0) {
      if (byte != 0) return byte == 1 ? kCompressed : kUndefinedFlag;
      left_ = 0;
      shape_ = ProtobufShape{};
    } else {
      left_ = left_ << 8 | byte;
    }
    ++prefix_size_;
  }
}

std::optional<std::string_view> take_grpc_message(std::string_view& body) noexcept {
  if (body.size() < kGrpcPrefixSize) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 1; i < kGrpcPrefixSize; ++i)
    size = size << 8 | static_cast<std::uint8_t>(body[i]);
  if (size > body.size() - kGrpcPrefixSize) return std::nullopt;
  const std::string_view message = body.substr(kGrpcPrefixSize, size);
  body.remove_prefix(kGrpcPrefixSize + size);
  return message;
}

std::vector<std::string_view> grpc_messages(std::string_view body) {
  std::vector<std::string_view> messages;
  while (const auto message = take_grpc_message(body)) messages.push_back(*message);
  if (!body.empty()) return {};
  return messages;
}

}  // namespace tracetax
