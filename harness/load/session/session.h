// What the engine asks of a protocol on one connection, and what the protocol tells back. Three of
// them: http1_session.h, http2_session.h and rpc_session.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/request/trace_context.h"
#include "harness/load/session/error_tally.h"
#include "harness/load/session/grpc_frame.h"

namespace tracetax {

struct Connection;

/// One request in flight, or the place for one: a connection has as many as it may carry at once.
/// Times in ns since the phase began.
struct Call {
  Connection* connection = nullptr;
  bool busy = false;
  bool queued_idle = false;  // has an entry in the pool's line of idle places
  bool was_sent = false;     // its first byte went out
  bool again = false;        // was not taken: waits for the connection to be opened anew
  std::uint8_t retries = 0;
  bool thinks = false;        // closed loop: rests before its next request
  std::uint32_t request = 0;  // HTTP: which of the scenario's; the same when it is sent again
  std::uint64_t number = 0;
  TraceContext context;
  std::int64_t due_ns = 0;
  std::int64_t wait_ns = 0;  // for a place
  std::int64_t send_ns = 0;
  bool held_up = false;  // by a stall of the machine
  std::int64_t last_message_ns = 0;
  std::string body;  // of the answer, if it is wanted

  // HTTP/2 only.
  std::int32_t stream_id = 0;
  std::uint32_t status = 0, grpc_status = 0;
  bool has_grpc_status = false, is_grpc = false;  // seen in the answer's fields
  bool reset_by_peer = false;
  bool waits_for_turn = false;              // to send its next message
  std::size_t message = 0, message_at = 0;  // the next bytes to send
  GrpcFrameReader frames;
  BodyBuffer made;           // its body, if that is made anew
  std::string grpc_message;  // of the answer, if its body is wanted; RPC: of an exception
};

/// Told by sessions, in the thread that drives them. May begin() the next call from inside.
class SessionOwner {
 public:
  /// The connection can carry calls from now on.
  virtual void on_ready(Connection& connection, std::int64_t at_ns) = 0;
  /// The first byte of the request goes out at `at_ns`.
  virtual void on_sent(Call& call, std::int64_t at_ns) = 0;
  /// A message of a stream is there in whole.
  virtual void on_message(Call& call, std::int64_t at_ns) = 0;
  virtual void on_ended(Call& call, const Ending& ending, std::int64_t at_ns) = 0;
  /// The other side says that it has not taken the call: it is safe to send again.
  virtual void on_refused(Call& call, std::int64_t at_ns) {
    on_ended(call, Ending::error(ErrorKind::goaway), at_ns);
  }
  /// Appends the body that is made for this call; only where the scenario has it so.
  virtual void make_body(const Call&, BodyBuffer&) {}
  /// The time to stamp things with, ns since the phase began.
  [[nodiscard]] virtual std::int64_t clock() const = 0;

 protected:
  ~SessionOwner() = default;
};

class Session {
 public:
  virtual ~Session() = default;

  /// The connection was opened anew and bytes can flow. Tells on_ready() now or later; keeps the
  /// connection's calls_max and takes_calls true from then on.
  virtual void start(std::int64_t at_ns) = 0;
  /// Sends the call's request, or queues it until flush().
  virtual void begin(Call& call) = 0;

  enum class Fate { fine, broken };
  /// Takes what came. Broken: the connection cannot go on; error() says why.
  [[nodiscard]] virtual Fate take(std::string_view bytes, std::int64_t at_ns) = 0;
  /// The other side will send no more. Calls that end by that are told; those left are cut short.
  virtual void end_of_stream(std::int64_t at_ns) = 0;

  enum class Flush { done, blocked, broken };
  /// Writes what is queued; blocked: again when the socket takes more.
  [[nodiscard]] virtual Flush flush() = 0;

  /// Gives a call up. False: only the end of the connection can do that.
  [[nodiscard]] virtual bool cancel(Call& call) = 0;
  /// The connection has ended: whether nobody took the call's request, so that it is safe to send
  /// again.
  [[nodiscard]] virtual bool was_not_taken(const Call&) const { return false; }
  [[nodiscard]] virtual ErrorKind error() const = 0;
  /// Why the connection cannot go on, in a sentence for the person who set it up.
  [[nodiscard]] virtual std::string explain() const = 0;
};

inline constexpr std::size_t kBodyKept = 1024 * 1024;
inline constexpr std::size_t kLocationKept = 1024;
inline constexpr std::size_t kOutcomeKept = 1024;

}  // namespace tracetax
