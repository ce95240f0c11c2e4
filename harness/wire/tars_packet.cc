// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/tars_packet.h"

#include "harness/wire/jce.h"
#include "harness/wire/thrift_frame.h"

namespace tracetax {
namespace {

void write_map(JceWriter& writer, std::uint8_t tag, const TarsMap& map) {
  writer.map(tag, map.size());
  for (const auto& [key, value] : map) {
    writer.text(0, key);
    writer.text(1, value);
  }
}

bool read_map(JceReader& in, std::uint8_t tag, TarsMap& map) {
  map.clear();
  std::size_t size = 0;
  if (!in.map(tag, size)) return false;
  for (; size > 0; --size) {
    std::string_view key, value;
    if (!in.text(0, key) || !in.text(1, value)) return false;
    map.emplace_back(key, value);
  }
  return true;
}

bool is_whole(std::string_view packet) noexcept {
  const FrameEnd end = find_frame(packet, FrameLength::of_all, packet.size());
  return end.step == FrameEnd::Step::whole && end.size == packet.size();
}

bool read_head(JceReader& in, TarsResponse& response) noexcept {
  return in.integer(1, response.version) && in.integer(2, response.packet_type) &&
         in.integer(3, response.request_id) && in.integer(4, response.message_type) &&
         in.integer(5, response.ret) && in.bytes(6, response.buffer);
}

}  // namespace

std::size_t append_tars_request(const TarsRequest& request, std::string& out) {
  const std::size_t frame = begin_frame(out);
  JceWriter writer(out);
  writer.integer(1, request.version);
  writer.integer(2, request.packet_type);
  writer.integer(3, request.message_type);
  const std::size_t id_at = writer.fixed_i32(4, request.request_id);
  writer.text(5, request.servant);
  writer.text(6, request.function);
  writer.bytes(7, request.buffer);
  writer.integer(8, request.timeout_ms);
  write_map(writer, 9, request.context);
  write_map(writer, 10, request.status);
  end_frame(out, frame, FrameLength::of_all);
  return id_at;
}

void append_tars_response(const TarsResponse& response, std::string& out) {
  const std::size_t frame = begin_frame(out);
  JceWriter writer(out);
  writer.integer(1, response.version);
  writer.integer(2, response.packet_type);
  writer.integer(3, response.request_id);
  writer.integer(4, response.message_type);
  writer.integer(5, response.ret);
  writer.bytes(6, response.buffer);
  write_map(writer, 7, response.status);
  // The last two are left out when they are empty, as TarsGo does.
  if (!response.description.empty()) writer.text(8, response.description);
  if (!response.context.empty()) write_map(writer, 9, response.context);
  end_frame(out, frame, FrameLength::of_all);
}

bool read_tars_request(std::string_view packet, TarsRequest& request) {
  if (!is_whole(packet)) return false;
  JceReader in(packet.substr(kFrameLengthSize));
  return in.integer(1, request.version) && in.integer(2, request.packet_type) &&
         in.integer(3, request.message_type) && in.integer(4, request.request_id) &&
         in.text(5, request.servant) && in.text(6, request.function) &&
         in.bytes(7, request.buffer) && in.integer(8, request.timeout_ms) &&
         read_map(in, 9, request.context) && read_map(in, 10, request.status) && in.skip_rest();
}

bool read_tars_response(std::string_view packet, TarsResponse& response) {
  if (!is_whole(packet)) return false;
  JceReader in(packet.substr(kFrameLengthSize));
  response.description = {};
  response.context.clear();
  if (!read_head(in, response) || !read_map(in, 7, response.status)) return false;
  // The last two are optional.
  if (!in.text(8, response.description) && in.at_fault()) return false;
  if (!read_map(in, 9, response.context) && in.at_fault()) return false;
  return in.skip_rest();
}

bool read_tars_response_head(std::string_view packet, TarsResponse& response) noexcept {
  if (!is_whole(packet)) return false;
  JceReader in(packet.substr(kFrameLengthSize));
  if (!read_head(in, response)) return false;
  response.description = {};
  return in.text(8, response.description) || !in.at_fault();
}

}  // namespace tracetax
