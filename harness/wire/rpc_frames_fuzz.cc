// Any bytes as TTHeader and kitex-pb frames and as the benchmark's protobuf and JSON: no read past
// the end, and what is read can be written and read again.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "harness/wire/bench_messages.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/ttheader.h"

namespace {

using namespace tracetax;

void check(bool fact) {
  if (!fact) std::abort();
}

void ttheader(std::string_view bytes) {
  TtHeader header;
  std::string_view payload;
  if (!read_ttheader(bytes, header, payload)) return;
  std::uint32_t sequence = 0;
  std::string_view same;
  if (read_ttheader_sequence(bytes, sequence, same))
    check(sequence == header.sequence && same == payload);
  std::string again;
  const TtFrame frame = begin_ttheader(header, again);
  if (!frame.fits || header.texts.size() > UINT16_MAX || header.integers.size() > UINT16_MAX)
    return;
  again += payload;
  end_ttheader(again, frame);
  TtHeader second;
  check(read_ttheader(again, second, same) && second == header && same == payload);
}

void kitex_pb(std::string_view bytes) {
  ThriftMessage head, second;
  std::string_view body, same;
  if (!read_kitex_pb(bytes, head, body)) return;
  ThriftException exception;
  static_cast<void>(read_kitex_pb_exception(body, exception));
  std::string again;
  append_kitex_pb(head, body, again);
  check(again == bytes && read_kitex_pb(again, second, same) && second == head && same == body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  ttheader(bytes);
  kitex_pb(bytes);
  for (const WireFormat format : {WireFormat::protobuf, WireFormat::json}) {
    BenchUser user, second;
    if (!decode_answer(format, bytes, user)) continue;
    std::string again;
    encode_answer(format, user, again);
    check(decode_answer(format, again, second));
    if (format == WireFormat::protobuf) check(second == user);
  }
  return 0;
}
