// SPDX-License-Identifier: Apache-2.0
#include "harness/load/rpc/rpc_testing.h"

#include <stdexcept>

#include "harness/core/request/trace_context.h"
#include "harness/wire/bench_messages.h"
#include "harness/wire/kitex_pb.h"
#include "harness/wire/tars_packet.h"
#include "harness/wire/ttheader.h"

namespace tracetax::testing {
namespace {

const std::string kNoTraceparent(kTraceparentSize, '0');

void require(bool fact) {
  if (!fact) throw std::runtime_error("the request is no Echo");
}

WireFormat format_of(RpcKind kind) {
  switch (kind) {
    case RpcKind::kitex_pb:
      return WireFormat::protobuf;
    case RpcKind::tars:
      return WireFormat::jce;
    default:
      return WireFormat::thrift;
  }
}

// A message in its frame: of Thrift `body` holds the fields.
std::string thrift_frame(RpcKind kind, const ThriftMessage& head, std::string_view body,
                         RpcTemplate* request = nullptr) {
  std::string out;
  if (kind == RpcKind::kitex_pb) {
    const std::size_t at = append_kitex_pb(head, body, out);
    if (request != nullptr) request->sequence_at = {at};
    return out;
  }
  TtFrame frame;
  if (kind == RpcKind::framed_thrift) {
    frame.at = begin_frame(out);
  } else {
    TtHeader header;
    header.sequence = static_cast<std::uint32_t>(head.sequence);
    if (request != nullptr) header.texts = {{kTtTraceparentKey, kNoTraceparent}};
    frame = begin_ttheader(header, out);
    if (request != nullptr) {
      request->context = {{ContextField::traceparent, out.find(kNoTraceparent)}};
      request->sequence_at = {8};
    }
  }
  const std::size_t at = ThriftWriter(out).message(head);
  if (request != nullptr) request->sequence_at.push_back(at);
  out += body;
  end_frame(out, frame.at);
  return out;
}

ThriftMessage head_of(const RpcRequest& request, ThriftMessageType type) {
  return {type, request.method, static_cast<std::int32_t>(request.sequence)};
}

}  // namespace

std::string name_of(RpcKind kind) {
  switch (kind) {
    case RpcKind::framed_thrift:
      return "FramedThrift";
    case RpcKind::ttheader:
      return "TtHeader";
    case RpcKind::ttheader_mux:
      return "TtHeaderMux";
    case RpcKind::kitex_pb:
      return "KitexPb";
    case RpcKind::tars:
      return "Tars";
  }
  return "";
}

const RpcFraming& framing_of(RpcKind kind) {
  switch (kind) {
    case RpcKind::framed_thrift:
      return kFramedThrift;
    case RpcKind::ttheader:
      return kTtHeader;
    case RpcKind::ttheader_mux:
      return kTtHeaderMux;
    case RpcKind::kitex_pb:
      return kKitexPb;
    case RpcKind::tars:
      return kTars;
  }
  return kFramedThrift;
}

bool carries_traceparent(RpcKind kind) {
  return kind != RpcKind::framed_thrift && kind != RpcKind::kitex_pb;
}

PreparedScenario echo_scenario(RpcKind kind, std::string_view text) {
  RpcTemplate request;
  request.method = kBenchEcho;
  std::string body;
  encode_request(format_of(kind), EchoText{std::string(text)}, body);
  if (kind == RpcKind::tars) {
    TarsRequest packet;
    packet.servant = kBenchServant;
    packet.function = kBenchEcho;
    packet.buffer = body;
    packet.status = {{kTarsTraceparentKey, kNoTraceparent}};
    request.sequence_at = {append_tars_request(packet, request.bytes)};
    request.context = {{ContextField::traceparent, request.bytes.find(kNoTraceparent)}};
  } else {
    request.bytes = thrift_frame(kind, {ThriftMessageType::call, kBenchEcho, 0}, body, &request);
  }
  PreparedScenario scenario;
  scenario.protocol = Protocol::rpc;
  scenario.framing = &framing_of(kind);
  scenario.calls = {std::move(request)};
  scenario.status_low = scenario.status_high = 0;
  return scenario;
}

RpcRequest read_echo(RpcKind kind, std::string_view frame) {
  RpcRequest request;
  EchoText echo;
  std::string_view body;
  ThriftMessage head;
  if (kind == RpcKind::tars) {
    TarsRequest packet;
    require(read_tars_request(frame, packet));
    head = {ThriftMessageType::call, packet.function, packet.request_id};
    body = packet.buffer;
    for (const auto& [key, value] : packet.status) {
      if (key == kTarsTraceparentKey) request.traceparent = value;
    }
  } else if (kind == RpcKind::kitex_pb) {
    require(read_kitex_pb(frame, head, body));
  } else {
    std::string_view message = frame.substr(kFrameLengthSize);
    TtHeader header;
    if (kind != RpcKind::framed_thrift) {
      require(read_ttheader(frame, header, message));
      request.traceparent = header.text(kTtTraceparentKey);
    }
    ThriftReader in(message);
    require(in.message(head));
    require(kind == RpcKind::framed_thrift ||
            header.sequence == static_cast<std::uint32_t>(head.sequence));
    body = in.rest();
  }
  require(head.type == ThriftMessageType::call && decode_request(format_of(kind), body, echo));
  request.sequence = static_cast<std::uint32_t>(head.sequence);
  request.method = head.name;
  request.text = echo.text;
  return request;
}

std::string echo_answer(RpcKind kind, const RpcRequest& request) {
  std::string body;
  encode_answer(format_of(kind), EchoText{request.text}, body);
  if (kind != RpcKind::tars) {
    return thrift_frame(kind, head_of(request, ThriftMessageType::reply), body);
  }
  TarsResponse response;
  response.request_id = static_cast<std::int32_t>(request.sequence);
  response.buffer = body;
  std::string out;
  append_tars_response(response, out);
  return out;
}

std::string echo_refusal(RpcKind kind, const RpcRequest& request) {
  constexpr std::int32_t kUnknownMethod = 1, kNoFunction = -3;
  std::string body;
  if (kind == RpcKind::tars) {
    TarsResponse response;
    response.request_id = static_cast<std::int32_t>(request.sequence);
    response.ret = kNoFunction;
    response.description = "no such function";
    append_tars_response(response, body);
    return body;
  }
  const ThriftException exception{"no such method", kUnknownMethod};
  if (kind == RpcKind::kitex_pb) {
    append_kitex_pb_exception(exception, body);
  } else {
    ThriftWriter(body).exception(exception);
  }
  return thrift_frame(kind, head_of(request, ThriftMessageType::exception), body);
}

std::optional<RpcRequest> FramePeer::read() {
  while (true) {
    const FrameEnd end = find_frame(unread_, framing_of(kind_).length, kRpcFrameMax);
    if (end.step == FrameEnd::Step::whole) {
      const RpcRequest request = read_echo(kind_, std::string_view{unread_}.substr(0, end.size));
      unread_.erase(0, end.size);
      return request;
    }
    const auto more = peer_.read_some();
    if (!more || end.step == FrameEnd::Step::malformed) return std::nullopt;
    unread_ += *more;
  }
}

}  // namespace tracetax::testing
