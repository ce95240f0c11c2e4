// What a scenario gives the load engine: ready-made requests and what a right answer looks like. A
// scenario is prepared once, before any timing; the hot loop sees only these plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/request/context_format.h"
#include "harness/core/request/request_class.h"
#include "harness/core/request/request_ids.h"
#include "harness/core/text/units.h"
#include "harness/load/session/body_buffer.h"

namespace tracetax {

/// How to speak TLS to a target. Paths are of PEM files; empty = not given.
struct TlsOptions {
  std::string ca_file;      // who may have signed the target's certificate; empty: the system's
  std::string cert_file;    // our own, for mutual TLS
  std::string key_file;     // of that; empty: the same file
  std::string server_name;  // for SNI and the check of the name; empty: the host
  bool insecure = false;    // takes any certificate
  friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

/// Where a target listens.
struct Endpoint {
  std::string host = "127.0.0.1";
  int port = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct RpcFraming;  // rpc_framing.h

/// What the bytes mean. grpc is http2 with gRPC's framing and its status; rpc is as its framing
/// says.
enum class Protocol { http1, http2, grpc, rpc };
[[nodiscard]] std::string_view name_of(Protocol protocol);  // "HTTP/1.1", "HTTP/2", "gRPC", "RPC"

/// Where a field of the trace context stands in a request. The engine overwrites its value with
/// each request's own: no search, no copy, the same size every time.
struct ContextPlace {
  ContextField field = ContextField::traceparent;
  std::size_t at = 0;  // first byte of the value; HTTP/2: which of the header fields
  friend bool operator==(const ContextPlace&, const ContextPlace&) = default;
};
using ContextPlaces = std::vector<ContextPlace>;  // empty: the request carries no context

/// One HTTP/1.1 request as bytes on the wire.
struct RequestTemplate {
  std::string bytes;
  ContextPlaces context;
  bool is_head = false;        // the answer carries no body, whatever its headers say
  std::size_t fields_end = 0;  // where further header fields may stand
  std::size_t length_at = 0;   // its body is made anew: where the length of that is written, flush
                               // right, in kLengthWidth characters; all of `bytes` is its head
};
inline constexpr std::size_t kLengthWidth = 10;

struct HeaderField {
  std::string name;  // in lower case
  std::string value;
};

/// One request over HTTP/2: its header fields in order, pseudo-fields first, and what follows them.
struct StreamTemplate {
  std::vector<HeaderField> fields;
  ContextPlaces context;
  std::vector<std::string> messages;  // DATA; with gRPC one message each, framed (see grpc_frame.h)
  bool is_head = false;
};

/// One call of an RPC protocol over bare TCP, as bytes on the wire. The engine overwrites the
/// call's sequence (four bytes, big endian) wherever it stands, and the context, where the protocol
/// can carry one.
struct RpcTemplate {
  std::string bytes;
  std::string method;  // which the answer has to name, if its protocol does
  std::vector<std::size_t> sequence_at;
  ContextPlaces context;
};

/// Writes the context where the template has a place for it, over that of the request before.
inline void write_context(const ContextPlaces& places, const TraceContext& context,
                          std::string& bytes) noexcept {
  for (const ContextPlace& place : places)
    write_context(place.field, context, bytes.data() + place.at);
}

/// One place in a cycle of requests that have weights or take their values from data. The request's
/// copies, one for each row of the data, are neighbours; each time it comes it is the next of them.
struct Turn {
  std::uint32_t first = 0;   // of the copies
  std::uint32_t rows = 1;    // how many there are
  std::uint32_t weight = 1;  // how often it comes in a cycle
  std::uint32_t before = 0;  // how often it came in the same cycle already
  friend bool operator==(const Turn&, const Turn&) = default;
};

/// What a right answer says: from the one to the other, ends included.
struct StatusRange {
  int low = 200, high = 299;
  friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

/// Judges one answer in full: its status (gRPC: its grpc-status) and body (gRPC: the messages,
/// framed). Called by several worker threads at once; false counts as the error "wrong_answer".
using AnswerCheck = std::function<bool(std::uint64_t number, int status, std::string_view body)>;

/// The request that a body is made for.
struct BodyRequest {
  const RequestIds& ids;  // of the phase
  std::uint64_t number;
  std::int64_t unix_ns;  // now
  bool without_spans;    // the one before any timing, which must leave no trace
};
/// Appends the body to `out`, as it travels; returns how many bytes it had before compression.
/// Allocates nothing once it has made the largest body. One thread at a time.
using MakeBody = std::function<std::size_t(const BodyRequest& request, BodyBuffer& out)>;

/// What an OTLP receiver says about a request that it answers with success.
struct ExportAnswer {
  bool readable = true;
  std::uint64_t rejected = 0;  // spans
  std::string message;         // allocates, but only where there is one
};

/// Requests that are exports of spans, each with a body of its own.
struct SpanExports {
  std::function<MakeBody()> new_maker;  // each worker asks for one, and has it to itself
  ExportAnswer (*read)(std::string_view body) = nullptr;  // gRPC: the message, framed
  bool packed = false;  // bodies are compressed; gRPC has that in their frame
  int spans = 1;        // of each request
  int traces = 1;       // these are of so many traces: see carried_spans()
};

/// Request k is requests[k % size], or streams[k % size] when the protocol is HTTP/2 or gRPC, or
/// calls[k % size] when it is RPC. HTTP with `turns`: the one that index_of() says.
struct PreparedScenario {
  Protocol protocol = Protocol::http1;
  std::optional<TlsOptions> tls;  // empty: plain
  std::vector<RequestTemplate> requests;
  std::vector<StreamTemplate> streams;
  std::vector<RpcTemplate> calls;
  const RpcFraming* framing = nullptr;  // of the calls
  std::vector<Turn> turns;              // HTTP: a cycle; empty: one request after the other
  // HTTP: each connection keeps the cookies that it is given. It also goes through the cycle by
  // itself, as a person does who logs in first; request k is what its turn is then.
  bool keeps_cookies = false;
  int status_low = 200, status_high = 299;  // expected; gRPC: 0 to 0 is OK; RPC: 0 to 0 is a reply
  // HTTP/1.1, of a topology: each answer's X-Outcome is kept, and these are right beyond what is
  // expected: its branches answer with them. From 500 on only an answer with X-Outcome is right,
  // for one without says that a leg failed.
  bool reads_outcome = false;
  std::vector<int> branch_statuses;
  std::vector<StatusRange> statuses;  // HTTP: of each of the requests; empty: they are all the same
  // What request k is, and how many spans it leaves more than the others do: of a cycle, the turns
  // or the requests. Empty: all are normal, none leaves more. Not where cookies are kept: there
  // nobody knows which request is number k.
  std::vector<RequestClass> classes;
  std::vector<std::uint32_t> extra_spans;
  bool answers_with_messages = false;  // gRPC: a stream of messages, each of which is timed
  bool replies_in_protobuf = false;    // gRPC: a message that cannot be one is an error
  bool takes_turns = false;            // gRPC: message n+1 is sent when n answers have come
  std::optional<Nanos> deadline;       // gRPC: told to the target, and kept here too
  std::string body_contains;           // checked once, before timing; empty: anything
  AnswerCheck check;                   // of every answer; empty: none
  std::optional<SpanExports> exports;  // HTTP/1.1 and gRPC: what the bodies are made by

  /// Of one of the requests, by its index.
  [[nodiscard]] StatusRange expected_of(std::size_t request) const noexcept {
    return request < statuses.size() ? statuses[request] : StatusRange{status_low, status_high};
  }

  /// Which of `size` requests is number `k`.
  [[nodiscard]] std::size_t index_of(std::uint64_t k, std::size_t size) const noexcept {
    if (turns.empty()) return k % size;
    const Turn& turn = turns[k % turns.size()];
    return turn.rows == 1 ? turn.first
                          : turn.first + (k / turns.size() * turn.weight + turn.before) % turn.rows;
  }
};

}  // namespace tracetax
