// The server's end of an HTTP/2 connection for tests: requests are read as a server reads them,
// answers are frames put together by hand, so that a script can send what no library would.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/load/testing.h"

namespace tracetax::testing {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Http2Request {
  std::int32_t stream = 0;
  std::map<std::string, std::string> fields;
  std::string body;
};

inline constexpr std::uint8_t kEndStream = 1, kEndHeaders = 4;

class Http2Peer {
 public:
  /// Sends SETTINGS with this many streams at once.
  explicit Http2Peer(Peer& peer, std::uint32_t streams_max = 100);

  /// The next request that is there in whole; nothing at the end of the stream.
  [[nodiscard]] std::optional<Http2Request> read_request();
  /// The body that came so far of a stream whose request is not whole yet; waits for at least
  /// `size` bytes.
  [[nodiscard]] std::string read_part(std::int32_t stream, std::size_t size);
  /// The code of the RST_STREAM that came for a stream; waits for it.
  [[nodiscard]] std::optional<std::uint32_t> read_reset(std::int32_t stream);

  void send_frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream,
                  std::string_view payload);
  void send_fields(std::int32_t stream, const Fields& fields, bool ends);
  void send_data(std::int32_t stream, std::string_view data, bool ends = false);
  void answer(std::int32_t stream, std::string_view body, std::string_view status = "200");
  void answer_grpc(std::int32_t stream, const std::vector<std::string>& messages,
                   std::string_view grpc_status = "0");
  void begin_grpc(std::int32_t stream);
  void end_grpc(std::int32_t stream, std::string_view grpc_status = "0");
  void send_reset(std::int32_t stream, std::uint32_t code);
  void send_goaway(std::int32_t last_stream, std::uint32_t code);
  [[nodiscard]] Peer& peer() { return peer_; }

 private:
  struct Receiving;
  [[nodiscard]] bool read_more();
  void send_pending();

  Peer& peer_;
  std::shared_ptr<nghttp2_session> session_;
  std::shared_ptr<nghttp2_hd_deflater> deflater_;
  std::map<std::int32_t, Http2Request> partial_;
  std::map<std::int32_t, std::uint32_t> resets_;
  std::deque<Http2Request> whole_;
};

/// A script that answers every request on the connection by `answer`.
[[nodiscard]] ScriptedServer::Script http2_server(
    std::function<void(Http2Peer&, const Http2Request&)> answer, std::uint32_t streams_max = 100);

/// `GET /` or a gRPC call of these messages (unframed), with a traceparent.
[[nodiscard]] PreparedScenario simple_http2_scenario();
[[nodiscard]] PreparedScenario simple_grpc_scenario(const std::vector<std::string>& messages = {
                                                        "hello"});

}  // namespace tracetax::testing
