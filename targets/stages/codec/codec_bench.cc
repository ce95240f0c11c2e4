// What a user costs to decode and to encode in each format, and to bind from the URL.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/wire/bench_messages.h"
#include "targets/request/exchange_fixture.h"
#include "targets/stages/codec/binding.h"
#include "targets/stages/codec/codec.h"

namespace tracetax {
namespace {

const Message kUser{User{.id = 42,
                         .name = "user-42",
                         .email = "user-42@example.com",
                         .created_at = "2024-01-01T00:00:00Z"}};

void encode(benchmark::State& state, CodecKind kind) {
  const auto codec = make_codec(kind);
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec->encode(kUser, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}

/// Bodies are the codec's own, where answer and request have one form.
void decode(benchmark::State& state, CodecKind kind) {
  const auto codec = make_codec(kind);
  std::string body;
  codec->encode(kUser, body);
  for (auto _ : state) {
    Message message = request_of(Action::create_user);
    if (!codec->decode(body, Action::create_user, message)) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(message);
  }
}

void decode_query(benchmark::State& state, CodecKind kind, WireFormat format) {
  const auto codec = make_codec(kind);
  std::string body;
  encode_request(format, UserQuery{42}, body);
  for (auto _ : state) {
    Message message = request_of(Action::get_user);
    if (!codec->decode(body, Action::get_user, message)) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(message);
  }
}

BENCHMARK_CAPTURE(encode, json, CodecKind::json);
BENCHMARK_CAPTURE(encode, protojson, CodecKind::protojson);
BENCHMARK_CAPTURE(encode, protobuf, CodecKind::protobuf);
BENCHMARK_CAPTURE(encode, thrift, CodecKind::thrift);
BENCHMARK_CAPTURE(encode, jce, CodecKind::jce);
BENCHMARK_CAPTURE(decode, json, CodecKind::json);
BENCHMARK_CAPTURE(decode, protojson, CodecKind::protojson);
BENCHMARK_CAPTURE(decode, protobuf, CodecKind::protobuf);
BENCHMARK_CAPTURE(decode_query, protobuf, CodecKind::protobuf, WireFormat::protobuf);
BENCHMARK_CAPTURE(decode_query, thrift, CodecKind::thrift, WireFormat::thrift);
BENCHMARK_CAPTURE(decode_query, jce, CodecKind::jce, WireFormat::jce);

void bind(benchmark::State& state, Binding binding) {
  ExchangeFixture f;
  f.exchange.params.push({"id", "42"});
  f.exchange.query = "name=x&page=2";
  for (auto _ : state) {
    f.exchange.request = request_of(Action::get_user);
    if (!bind_request(binding, f.exchange)) state.SkipWithError("not bound");
  }
}
BENCHMARK_CAPTURE(bind, parameters, Binding::parameters);
BENCHMARK_CAPTURE(bind, maps, Binding::maps);
BENCHMARK_CAPTURE(bind, form, Binding::form);

}  // namespace
}  // namespace tracetax
