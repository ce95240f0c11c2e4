// SPDX-License-Identifier: Apache-2.0
#include "harness/load/rpc/rpc_framing.h"

#include "harness/wire/kitex_pb.h"
#include "harness/wire/tars_packet.h"
#include "harness/wire/thrift_binary.h"
#include "harness/wire/ttheader.h"

namespace tracetax {
namespace {

// The head of a Thrift message, of which kitex-pb has the like. Only replies and exceptions are
// answers.
bool take_head(const ThriftMessage& head, RpcAnswer& answer) noexcept {
  answer.sequence = static_cast<std::uint32_t>(head.sequence);
  answer.method = head.name;
  return head.type == ThriftMessageType::reply || head.type == ThriftMessageType::exception;
}

void take_exception(const ThriftException& exception, RpcAnswer& answer) noexcept {
  answer.ending = {Ending::Kind::exception, static_cast<std::uint32_t>(exception.code)};
  answer.message = exception.message;
}

bool read_thrift(std::string_view message, RpcAnswer& answer) noexcept {
  ThriftReader in(message);
  ThriftMessage head;
  if (!in.message(head) || !take_head(head, answer)) return false;
  answer.body = in.rest();
  if (head.type == ThriftMessageType::reply) return true;
  ThriftException exception;
  if (!in.exception(exception)) return false;
  take_exception(exception, answer);
  return true;
}

bool read_framed(std::string_view frame, RpcAnswer& answer) noexcept {
  return read_thrift(frame.substr(kFrameLengthSize), answer);
}

// The sequence stands twice; both must be that of the call.
bool read_ttheader_answer(std::string_view frame, RpcAnswer& answer) noexcept {
  std::uint32_t sequence = 0;
  std::string_view payload;
  return read_ttheader_sequence(frame, sequence, payload) && read_thrift(payload, answer) &&
         answer.sequence == sequence;
}

bool read_kitex(std::string_view frame, RpcAnswer& answer) noexcept {
  ThriftMessage head;
  if (!read_kitex_pb(frame, head, answer.body) || !take_head(head, answer)) return false;
  if (head.type == ThriftMessageType::reply) return true;
  ThriftException exception;
  if (!read_kitex_pb_exception(answer.body, exception)) return false;
  take_exception(exception, answer);
  return true;
}

// Its length stands twice, as Kitex has it: what is in the frame is framed once more.
bool read_ttheader_kitex(std::string_view frame, RpcAnswer& answer) noexcept {
  std::uint32_t sequence = 0;
  std::string_view payload;
  return read_ttheader_sequence(frame, sequence, payload) && read_kitex(payload, answer) &&
         answer.sequence == sequence;
}

bool read_tars(std::string_view frame, RpcAnswer& answer) noexcept {
  TarsResponse response;  // its maps stay empty, so this allocates nothing
  if (!read_tars_response_head(frame, response)) return false;
  answer.sequence = static_cast<std::uint32_t>(response.request_id);
  answer.body = response.buffer;
  if (response.ret == 0) return true;
  answer.ending = {Ending::Kind::tars, static_cast<std::uint32_t>(response.ret)};
  answer.message = response.description;
  return true;
}

}  // namespace

const RpcFraming kFramedThrift{"framed Thrift", FrameLength::of_the_rest, false, read_framed};
const RpcFraming kTtHeader{"TTHeader", FrameLength::of_the_rest, false, read_ttheader_answer};
const RpcFraming kTtHeaderMux{"TTHeader", FrameLength::of_the_rest, true, read_ttheader_answer};
const RpcFraming kKitexPb{"kitex-pb", FrameLength::of_the_rest, false, read_kitex};
const RpcFraming kTtHeaderPb{"TTHeader", FrameLength::of_the_rest, false, read_ttheader_kitex};
const RpcFraming kTars{"Tars", FrameLength::of_all, true, read_tars};

}  // namespace tracetax
