// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/http2_testing.h"

#include <algorithm>

#include "harness/core/request/trace_context.h"
#include "harness/load/session/grpc_frame.h"

namespace tracetax::testing {
namespace {

std::string big_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text.push_back(static_cast<char>(value >> shift & 0xff));
  return text;
}

}  // namespace

struct Http2Peer::Receiving {
  static Http2Peer& self(void* user) { return *static_cast<Http2Peer*>(user); }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    Http2Request& request = self(user).partial_[frame->hd.stream_id];
    request.stream = frame->hd.stream_id;
    request.fields[{reinterpret_cast<const char*>(name), name_size}] = {
        reinterpret_cast<const char*>(value), value_size};
    return 0;
  }
  static int on_chunk(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data,
                      std::size_t size, void* user) {
    self(user).partial_[stream].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Peer& peer = self(user);
    const std::int32_t stream = frame->hd.stream_id;
    if (frame->hd.type == NGHTTP2_RST_STREAM) peer.resets_[stream] = frame->rst_stream.error_code;
    const bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!carries || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    peer.whole_.push_back(std::move(peer.partial_[stream]));
    peer.partial_.erase(stream);
    return 0;
  }
};

Http2Peer::Http2Peer(Peer& peer, std::uint32_t streams_max) : peer_(peer) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Receiving::on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Receiving::on_chunk);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Receiving::on_frame);
  nghttp2_session* session = nullptr;
  nghttp2_session_server_new(&session, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  session_ = {session, &nghttp2_session_del};
  nghttp2_hd_deflater* deflater = nullptr;
  nghttp2_hd_deflate_new(&deflater, 4096);
  deflater_ = {deflater, &nghttp2_hd_deflate_del};
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, streams_max}};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings, 1);
  send_pending();
}

void Http2Peer::send_pending() {
  const std::uint8_t* data = nullptr;
  for (ssize_t n = 0; (n = nghttp2_session_mem_send(session_.get(), &data)) > 0;) {
    constexpr std::size_t kTypeAt = 3;
    if (data[kTypeAt] == NGHTTP2_RST_STREAM) continue;  // see send_frame()
    peer_.send({reinterpret_cast<const char*>(data), static_cast<std::size_t>(n)});
  }
}

bool Http2Peer::read_more() {
  const auto bytes = peer_.read_some();
  if (!bytes) return false;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size());
  send_pending();
  return taken >= 0;
}

std::optional<Http2Request> Http2Peer::read_request() {
  while (whole_.empty()) {
    if (!read_more()) return std::nullopt;
  }
  Http2Request request = std::move(whole_.front());
  whole_.pop_front();
  return request;
}

std::string Http2Peer::read_part(std::int32_t stream, std::size_t size) {
  while (partial_[stream].body.size() < size && read_more()) {
  }
  return partial_[stream].body;
}

std::optional<std::uint32_t> Http2Peer::read_reset(std::int32_t stream) {
  while (!resets_.contains(stream)) {
    if (!read_more()) return std::nullopt;
  }
  return resets_[stream];
}

void Http2Peer::send_frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream,
                           std::string_view payload) {
  std::string frame = big_endian(static_cast<std::uint32_t>(payload.size()), 3);
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  frame += big_endian(static_cast<std::uint32_t>(stream), 4);
  peer_.send(frame.append(payload));
  // nghttp2 has not seen the answer; it must forget the stream all the same, or it refuses more at
  // some point.
  const bool ends =
      type == NGHTTP2_RST_STREAM || (type <= NGHTTP2_HEADERS && (flags & kEndStream) != 0);
  if (!ends || stream <= 0) return;
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR);
  send_pending();
}

void Http2Peer::send_fields(std::int32_t stream, const Fields& fields, bool ends) {
  std::vector<nghttp2_nv> list;
  Fields copy = fields;
  for (auto& [name, value] : copy) {
    list.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                    reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                    NGHTTP2_NV_FLAG_NONE});
  }
  std::string block(nghttp2_hd_deflate_bound(deflater_.get(), list.data(), list.size()), '\0');
  const ssize_t size =
      nghttp2_hd_deflate_hd(deflater_.get(), reinterpret_cast<std::uint8_t*>(block.data()),
                            block.size(), list.data(), list.size());
  block.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
  send_frame(NGHTTP2_HEADERS, static_cast<std::uint8_t>(kEndHeaders | (ends ? kEndStream : 0)),
             stream, block);
}

void Http2Peer::send_data(std::int32_t stream, std::string_view data, bool ends) {
  send_frame(NGHTTP2_DATA, ends ? kEndStream : std::uint8_t{0}, stream, data);
}

void Http2Peer::answer(std::int32_t stream, std::string_view body, std::string_view status) {
  send_fields(stream, {{":status", std::string(status)}}, body.empty());
  if (!body.empty()) send_data(stream, body, true);
}

void Http2Peer::begin_grpc(std::int32_t stream) {
  send_fields(stream, {{":status", "200"}, {"content-type", "application/grpc"}}, false);
}

void Http2Peer::end_grpc(std::int32_t stream, std::string_view grpc_status) {
  send_fields(stream, {{"grpc-status", std::string(grpc_status)}}, true);
}

void Http2Peer::answer_grpc(std::int32_t stream, const std::vector<std::string>& messages,
                            std::string_view grpc_status) {
  begin_grpc(stream);
  for (const std::string& message : messages) send_data(stream, grpc_frame(message));
  end_grpc(stream, grpc_status);
}

void Http2Peer::send_reset(std::int32_t stream, std::uint32_t code) {
  send_frame(NGHTTP2_RST_STREAM, 0, stream, big_endian(code, 4));
}

void Http2Peer::send_goaway(std::int32_t last_stream, std::uint32_t code) {
  send_frame(NGHTTP2_GOAWAY, 0, 0,
             big_endian(static_cast<std::uint32_t>(last_stream), 4) + big_endian(code, 4));
}

ScriptedServer::Script http2_server(std::function<void(Http2Peer&, const Http2Request&)> answer,
                                    std::uint32_t streams_max) {
  return [answer = std::move(answer), streams_max](Peer& peer) {
    Http2Peer http2(peer, streams_max);
    while (const auto request = http2.read_request()) answer(http2, *request);
  };
}

PreparedScenario simple_http2_scenario() {
  StreamTemplate stream;
  stream.fields = {{":method", "GET"},
                   {":scheme", "http"},
                   {":authority", "t"},
                   {":path", "/"},
                   {"traceparent", std::string(kTraceparentSize, '0')}};
  stream.context = {{ContextField::traceparent, 4}};
  PreparedScenario scenario;
  scenario.protocol = Protocol::http2;
  scenario.streams.push_back(std::move(stream));
  return scenario;
}

PreparedScenario simple_grpc_scenario(const std::vector<std::string>& messages) {
  PreparedScenario scenario = simple_http2_scenario();
  scenario.protocol = Protocol::grpc;
  scenario.status_low = scenario.status_high = 0;
  StreamTemplate& stream = scenario.streams[0];
  stream.fields[0].value = "POST";
  stream.fields[3].value = "/t.Test/Call";
  stream.fields.push_back({"te", "trailers"});
  stream.fields.push_back({"content-type", "application/grpc"});
  for (const std::string& message : messages) stream.messages.push_back(grpc_frame(message));
  return scenario;
}

}  // namespace tracetax::testing
