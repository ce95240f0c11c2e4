// What the engine itself spends per request beside the system calls: reading an answer, knowing
// when the next request is due, and writing down what came of it.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/load/arrival_stream.h"
#include "harness/load/http/http_response.h"
#include "harness/load/recorder.h"
#include "harness/load/rpc/rpc_framing.h"
#include "harness/wire/bench_messages.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/tars_packet.h"
#include "harness/wire/thrift_binary.h"
#include "harness/wire/ttheader.h"

namespace tracetax {
namespace {

void read_answers(benchmark::State& state, std::string_view answer) {
  HttpResponseReader reader;
  for (auto _ : state) {
    reader.begin(false);
    std::size_t used = 0;
    auto step = reader.read(answer, used);
    benchmark::DoNotOptimize(step);
    benchmark::DoNotOptimize(used);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(answer.size()));
}

void BM_HttpResponse(benchmark::State& state) {
  read_answers(state,
               "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Thu, 20 Nov 2025 18:00:00 GMT\r\n"
               "Content-Type: application/json; charset=utf-8\r\nContent-Length: 27\r\nConnection: "
               "keep-alive\r\n\r\n"
               "{\"id\":42,\"name\":\"someone\"}\r\n");
}
BENCHMARK(BM_HttpResponse);

void BM_HttpResponseChunked(benchmark::State& state) {
  read_answers(
      state,
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1b\r\n{\"id\":42,\"name\":\"someone\"}\r\n\r\n0\r\n\r\n");
}
BENCHMARK(BM_HttpResponseChunked);

void read_rpc(benchmark::State& state, const RpcFraming& framing, const std::string& frame) {
  for (auto _ : state) {
    auto end = find_frame(frame, framing.length, kRpcFrameMax);
    RpcAnswer answer;
    if (!framing.read(std::string_view{frame}.substr(0, end.size), answer))
      state.SkipWithError("no answer");
    benchmark::DoNotOptimize(answer);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}

std::string user_as(WireFormat format) {
  std::string body;
  encode_answer(format, bench_user(42), body);
  return body;
}

constexpr ThriftMessage kReply{ThriftMessageType::reply, kBenchGetUser, 7};

void BM_TtHeaderAnswer(benchmark::State& state) {
  std::string frame;
  TtHeader header;
  header.sequence = 7;
  const TtFrame begun = begin_ttheader(header, frame);
  ThriftWriter(frame).message(kReply);
  frame += user_as(WireFormat::thrift);
  end_ttheader(frame, begun);
  read_rpc(state, kTtHeader, frame);
}
BENCHMARK(BM_TtHeaderAnswer);

void BM_KitexPbAnswer(benchmark::State& state) {
  std::string frame;
  append_kitex_pb(kReply, user_as(WireFormat::protobuf), frame);
  read_rpc(state, kKitexPb, frame);
}
BENCHMARK(BM_KitexPbAnswer);

void BM_TarsAnswer(benchmark::State& state) {
  const std::string body = user_as(WireFormat::jce);
  TarsResponse response;
  response.request_id = 7;
  response.buffer = body;
  std::string frame;
  append_tars_response(response, frame);
  read_rpc(state, kTars, frame);
}
BENCHMARK(BM_TarsAnswer);

void next_due(benchmark::State& state, Arrivals arrivals) {
  ArrivalStream stream{arrivals, 10'000, 1, 0, 1};
  for (auto _ : state) {
    stream.advance();
    benchmark::DoNotOptimize(stream.due_ns());
  }
}

void BM_NextDueConstant(benchmark::State& state) { next_due(state, Arrivals::constant); }
BENCHMARK(BM_NextDueConstant);

void BM_NextDuePoisson(benchmark::State& state) { next_due(state, Arrivals::poisson); }
BENCHMARK(BM_NextDuePoisson);

/// 10,000 requests/s whose response times scatter as those of a service do.
void write_down(benchmark::State& state, const TickPlan& ticks) {
  PreparedScenario scenario;
  scenario.status_low = scenario.status_high = 200;
  Recorder recorder(scenario);
  LoadPhase phase;
  phase.duration = Nanos{std::chrono::hours{1}};
  phase.ticks = ticks;
  recorder.begin(phase);
  constexpr Ending kOk{Ending::Kind::status, 200};
  Call call;
  for (auto _ : state) {
    call.due_ns += 100'000;
    call.send_ns = call.due_ns + 5'000 + (call.due_ns >> 5) % 4'096;
    recorder.sent(call);
    recorder.ended(call, kOk, call.send_ns + 100'000 + (call.due_ns >> 3) % 65'536);
    benchmark::DoNotOptimize(recorder);
  }
  recorder.finish(Nanos{0}, 0);
}

void BM_WriteDown(benchmark::State& state) { write_down(state, {}); }
BENCHMARK(BM_WriteDown);

/// As a segment does; nobody takes the ticks of live views while they are written.
void BM_WriteDownTicks(benchmark::State& state) {
  write_down(state, {.length = std::chrono::milliseconds{100}, .kept = 100});
}
BENCHMARK(BM_WriteDownTicks);

void BM_WriteDownLiveTicks(benchmark::State& state) {
  write_down(state, {.length = std::chrono::milliseconds{100}, .kept = 32, .digits = 2});
}
BENCHMARK(BM_WriteDownLiveTicks);

}  // namespace
}  // namespace tracetax
