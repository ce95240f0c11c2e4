// SPDX-License-Identifier: Apache-2.0
#include "harness/load/rpc/rpc_session.h"

#include <algorithm>
#include <cerrno>

#include "harness/core/text/quote.h"
#include "harness/load/session/connection.h"
#include "harness/wire/big_endian.h"

namespace tracetax {
namespace {

constexpr std::uint32_t kSequenceMax = INT32_MAX;  // every protocol has it as a signed number
constexpr std::size_t kKeptSent =
    256 * 1024;  // of what is sent, before the rest is moved to the front
constexpr std::size_t kReserved = 1024 * 1024;
constexpr std::size_t kBytesQuoted = 60;

}  // namespace

RpcSession::RpcSession(SessionOwner& owner, Connection& connection, PreparedScenario& scenario,
                       bool keep_bodies)
    : owner_(owner),
      connection_(connection),
      scenario_(scenario),
      framing_(*scenario.framing),
      keep_bodies_(keep_bodies),
      flights_(connection.calls.size()) {
  std::size_t longest = 0;
  for (const RpcTemplate& request : scenario.calls)
    longest = std::max(longest, request.bytes.size());
  output_.reserve(std::min(longest * flights_.size(), kReserved));
  unsent_.reserve(flights_.size());
}

void RpcSession::start(std::int64_t at_ns) {
  error_ = ErrorKind::malformed;
  connection_.calls_max = static_cast<int>(flights_.size());
  connection_.takes_calls = true;
  std::fill(flights_.begin(), flights_.end(), Flight{});
  abandoned_ = queued_ = flushed_ = written_ = 0;
  unsent_.clear();
  output_.clear();
  output_at_ = 0;
  unread_.clear();
  beginning_.clear();
  reason_.clear();
  owner_.on_ready(connection_, at_ns);
}

// Never 0, which some servers send when they do not know it; begins anew when the numbers are used
// up.
std::uint32_t RpcSession::next_sequence(std::uint32_t last, std::size_t place) const {
  const auto places = static_cast<std::uint32_t>(flights_.size());
  if (last == 0 || last > kSequenceMax - places) return places + static_cast<std::uint32_t>(place);
  return last + places;
}

void RpcSession::begin(Call& call) {
  RpcTemplate& request = scenario_.calls[call.number % scenario_.calls.size()];
  const auto place = static_cast<std::size_t>(&call - connection_.calls.data());
  Flight& flight = flights_[place];
  flight.sequence = next_sequence(flight.sequence, place);
  for (const std::size_t at : request.sequence_at) {
    store_big_endian(flight.sequence, request.bytes.data() + at);
  }
  write_context(request.context, call.context, request.bytes);
  if (keep_bodies_) {
    call.body.clear();
    call.grpc_message.clear();
  }
  output_.append(request.bytes);
  queued_ += request.bytes.size();
  flight.ends_at = queued_;
  unsent_.push_back(&call);
  connection_.has_output = true;
}

Session::Flush RpcSession::flush() {
  if (!unsent_.empty()) {
    const std::int64_t at_ns = owner_.clock();
    for (Call* call : unsent_) owner_.on_sent(*call, at_ns);
    unsent_.clear();
    flushed_ = queued_;
  }
  while (output_at_ < output_.size()) {
    const ssize_t n =
        connection_.transport.write(output_.data() + output_at_, output_.size() - output_at_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      if (output_at_ >= kKeptSent) {
        output_.erase(0, output_at_);
        output_at_ = 0;
      }
      return Flush::blocked;
    }
    if (n < 0) {
      error_ = ErrorKind::reset;
      return Flush::broken;
    }
    output_at_ += static_cast<std::size_t>(n);
    written_ += static_cast<std::uint64_t>(n);
  }
  output_.clear();
  output_at_ = 0;
  return Flush::done;
}

Session::Fate RpcSession::take(std::string_view bytes, std::int64_t at_ns) {
  const bool pieced = !unread_.empty();
  if (pieced) {
    unread_.append(bytes);
    bytes = unread_;
  }
  while (!bytes.empty()) {
    const FrameEnd end = find_frame(bytes, framing_.length, kRpcFrameMax);
    if (end.step == FrameEnd::Step::need_more) break;
    const bool taken =
        end.step == FrameEnd::Step::whole && take_frame(bytes.substr(0, end.size), at_ns);
    if (!taken) {
      error_ = ErrorKind::malformed;
      beginning_.assign(bytes.substr(0, kBytesQuoted));
      return Fate::broken;
    }
    bytes.remove_prefix(end.size);
  }
  if (pieced) {
    unread_.erase(0, unread_.size() - bytes.size());
  } else {
    unread_.assign(bytes);
  }
  return Fate::fine;
}

Call* RpcSession::call_of(const RpcAnswer& answer) {
  const std::size_t place = answer.sequence % flights_.size();
  Call& call = connection_.calls[place];
  // An answer in advance, to what is only queued, is an answer to nothing.
  if (!call.busy || flights_[place].ends_at > flushed_) return nullptr;
  if (flights_[place].sequence == answer.sequence) return &call;
  // A server that could not read the request does not know its sequence.
  const bool is_error = answer.ending.kind != Ending::Kind::reply;
  return is_error && !framing_.multiplexes ? &call : nullptr;
}

// Whether this was the sequence of a call that may have been given up.
bool RpcSession::is_late(std::uint32_t sequence) const {
  const std::size_t place = sequence % flights_.size();
  return abandoned_ > 0 && sequence >= flights_.size() && sequence <= flights_[place].sequence;
}

bool RpcSession::take_frame(std::string_view frame, std::int64_t at_ns) {
  RpcAnswer answer;
  if (!framing_.read(frame, answer)) return false;
  if (Call* call = call_of(answer)) {
    end(*call, answer, at_ns);
    return true;
  }
  if (is_late(answer.sequence)) {
    --abandoned_;
    return true;
  }
  reason_ = fmt::format("an answer has the sequence {}, which no call has", answer.sequence);
  return false;
}

void RpcSession::end(Call& call, const RpcAnswer& answer, std::int64_t at_ns) {
  const auto place = static_cast<std::size_t>(&call - connection_.calls.data());
  const RpcTemplate& request = scenario_.calls[call.number % scenario_.calls.size()];
  Ending ending = answer.ending;
  std::string_view message = answer.message;
  if (ending.kind == Ending::Kind::reply && !answer.method.empty() &&
      answer.method != request.method) {
    ending = Ending::error(ErrorKind::wrong_answer);
    message = "the answer names another method than the call";
  }
  if (keep_bodies_) {
    call.body.assign(answer.body.substr(0, kBodyKept));
    call.grpc_message.assign(message);
  }
  // Answered before it had read the whole request: what follows on this connection is anyone's
  // guess.
  if (flights_[place].ends_at > written_) connection_.takes_calls = false;
  owner_.on_ended(call, ending, at_ns);
}

void RpcSession::end_of_stream(std::int64_t) { error_ = ErrorKind::closed; }

bool RpcSession::cancel(Call& call) {
  const auto place = static_cast<std::size_t>(&call - connection_.calls.data());
  // A request that is not wholly sent cannot be taken back.
  if (!framing_.multiplexes || flights_[place].ends_at > written_) return false;
  ++abandoned_;
  return true;
}

std::string RpcSession::explain() const {
  if (!reason_.empty()) return reason_;
  if (beginning_.starts_with("HTTP/1.")) {
    return fmt::format("the server answered with HTTP/1.1: it does not speak {} on this port",
                       framing_.name);
  }
  if (beginning_.starts_with("\x15\x03")) return "the server speaks TLS on this port";
  if (!beginning_.empty()) {
    return fmt::format("the answer is no {}; it begins with {}", framing_.name, quote(beginning_));
  }
  if (!unread_.empty()) return "the connection broke off inside of an answer";
  return fmt::format("the connection was closed without a whole answer; does the server speak {}?",
                     framing_.name);
}

}  // namespace tracetax
