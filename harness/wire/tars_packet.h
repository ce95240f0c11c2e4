// The packets of Tars: a length (which counts itself), then RequestPacket or ResponsePacket in JCE.
//
//   RequestPacket:  1 version, 2 packet type, 3 message type, 4 request id, 5 servant,
//                   6 function, 7 buffer (the arguments), 8 timeout in ms, 9 context,
//                   10 status (both text to text)
//   ResponsePacket: 1 version, 2 packet type, 3 request id, 4 message type, 5 ret,
//                   6 buffer (the results), 7 status, 8 result description, 9 context
//
// Trace context rides in the status map.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tracetax {

using TarsMap = std::vector<std::pair<std::string_view, std::string_view>>;

inline constexpr std::int16_t kTarsVersion = 1;
/// The most that TarsGo takes unless told otherwise.
inline constexpr std::size_t kTarsPacketMax = 100 * 1024 * 1024;
inline constexpr std::string_view kTarsTraceparentKey = "traceparent";

struct TarsRequest {
  std::int16_t version = kTarsVersion;
  std::int8_t packet_type = 0;  // 0 answered, 1 oneway
  std::int32_t message_type = 0;
  std::int32_t request_id = 0;
  std::string_view servant;  // "App.Server.Obj"
  std::string_view function;
  std::string_view buffer;
  std::int32_t timeout_ms = 0;
  TarsMap context, status;
  friend bool operator==(const TarsRequest&, const TarsRequest&) = default;
};

struct TarsResponse {
  std::int16_t version = kTarsVersion;
  std::int8_t packet_type = 0;
  std::int32_t request_id = 0;
  std::int32_t message_type = 0;
  std::int32_t ret = 0;  // 0: fine; -3 no such function, ... (see error_tally.cc for the names)
  std::string_view buffer;
  TarsMap status;
  std::string_view description;
  TarsMap context;
  friend bool operator==(const TarsResponse&, const TarsResponse&) = default;
};

/// `out` gets the whole packet. The request id is written in full width; returns where in `out` it
/// stands, so that it can be changed in place.
std::size_t append_tars_request(const TarsRequest& request, std::string& out);
/// As TarsGo writes it, the request id in the narrowest form.
void append_tars_response(const TarsResponse& response, std::string& out);

/// Takes apart a whole packet, its length included. Views are into `packet`; the maps are reused.
/// False: malformed, or a required field is missing.
[[nodiscard]] bool read_tars_request(std::string_view packet, TarsRequest& request);
[[nodiscard]] bool read_tars_response(std::string_view packet, TarsResponse& response);
/// The same without the maps: allocates nothing.
[[nodiscard]] bool read_tars_response_head(std::string_view packet,
                                           TarsResponse& response) noexcept;

}  // namespace tracetax
