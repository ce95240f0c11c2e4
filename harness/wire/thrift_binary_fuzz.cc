// Any bytes as a Thrift message: no read past the end, no endless loop, and what is read as one of
// the benchmark's messages, or as an exception, can be written and read again.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "harness/wire/bench_messages.h"
#include "harness/wire/thrift_binary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tracetax;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  ThriftMessage message;
  ThriftReader in(bytes);
  std::string_view body = bytes;
  if (in.message(message)) {
    std::string again;
    ThriftWriter(again).message(message);
    ThriftMessage second;
    if (!ThriftReader(again).message(second) || second != message) std::abort();
    body = in.rest();
  }
  static_cast<void>(ThriftReader(body).skip(ThriftType::structure));
  ThriftException exception;
  if (ThriftReader(body).exception(exception)) {
    std::string again;
    ThriftWriter(again).exception(exception);
    ThriftException second;
    if (!ThriftReader(again).exception(second) || second != exception) std::abort();
  }
  EchoText echo;
  BenchUser user;
  static_cast<void>(decode_request(WireFormat::thrift, body, echo));
  if (decode_answer(WireFormat::thrift, body, user)) {
    std::string again;
    encode_answer(WireFormat::thrift, user, again);
    BenchUser second;
    if (!decode_answer(WireFormat::thrift, again, second) || second != user) std::abort();
  }
  return 0;
}
