// Any bytes in any pieces: no crash, and the same verdict as taken at once.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "harness/load/session/grpc_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tracetax::GrpcFrameReader;
  if (size < 1) return 0;
  const std::size_t piece = data[0] % 17 + 1U;
  const std::string_view stream{reinterpret_cast<const char*>(data) + 1, size - 1};
  GrpcFrameReader whole, cut;
  whole.reset(data[0] >= 128);
  cut.reset(data[0] >= 128);
  const int at_once = whole.take(stream);
  int in_pieces = 0;
  for (std::size_t at = 0; at < stream.size() && in_pieces >= 0; at += piece) {
    const int ended = cut.take(stream.substr(at, piece));
    in_pieces = ended < 0 ? ended : in_pieces + ended;
  }
  if (at_once != in_pieces) std::abort();
  if (at_once >= 0) {
    if (whole.messages() != cut.messages() || whole.between_messages() != cut.between_messages())
      std::abort();
    const auto messages = tracetax::grpc_messages(stream);
    if (whole.between_messages() && messages.size() != whole.messages()) std::abort();
  }
  return 0;
}
