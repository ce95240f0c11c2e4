// Any bytes as JCE and as Tars packets: no read past the end, no endless loop, and what is read can
// be written and read again.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "harness/wire/bench_messages.h"
#include "harness/wire/jce.h"
#include "harness/wire/tars_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tracetax;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  static_cast<void>(JceReader(bytes).skip_rest());
  TarsRequest request;
  if (read_tars_request(bytes, request)) {
    std::string again;
    append_tars_request(request, again);
    TarsRequest second;
    if (!read_tars_request(again, second) || second != request) std::abort();
  }
  TarsResponse response, head;
  if (read_tars_response(bytes, response)) {
    if (!read_tars_response_head(bytes, head) || head.request_id != response.request_id ||
        head.ret != response.ret || head.buffer != response.buffer) {
      std::abort();
    }
    std::string again;
    append_tars_response(response, again);
    TarsResponse second;
    if (!read_tars_response(again, second) || second != response) std::abort();
  }
  BenchUser user;
  EchoText echo;
  static_cast<void>(decode_answer(WireFormat::jce, bytes, user));
  static_cast<void>(decode_request(WireFormat::jce, bytes, echo));
  return 0;
}
