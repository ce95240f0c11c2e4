// One request and its answer as the stages see them. Lives for one pass through the chain;
// everything it refers to belongs to the connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/beast/http/fields.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/request/trace_context.h"
#include "targets/request/asked_effects.h"
#include "targets/request/message.h"

namespace tracetax {

class Cancellation;
class Span;
struct RouteProgram;
struct SpansAfterwards;

/// What the application does on a route; filler routes only fill the router.
enum class Action { get_user, create_user, health, echo, fails, filler };

struct Route {
  std::string method;
  std::string pattern;  // spelled as the framework does: "/users/:id" or "/users/{id}"
  Action endpoint = Action::filler;
  // Of a route of a topology: the operation that frameworks name it by, with its slash at the
  // front, where they name one; and what is done on it, which outlives the router.
  std::string operation{};
  const RouteProgram* program = nullptr;
};

/// Path parameters of a match, in the order of the pattern.
class PathParams {
 public:
  struct Param {
    std::string_view name;
    std::string_view value;
  };
  static constexpr std::size_t kMost = 8;

  void push(Param param) { params_[size_++] = param; }
  void pop() { --size_; }
  [[nodiscard]] std::span<const Param> all() const { return {params_.data(), size_}; }
  /// Empty when there is none of that name.
  [[nodiscard]] std::string_view get(std::string_view name) const {
    for (const Param& param : all()) {
      if (param.name == name) return param.value;
    }
    return {};
  }

 private:
  std::array<Param, kMost> params_;
  std::size_t size_ = 0;
};

/// One header of an answer. Neither part may hold a line break.
struct AnswerHeader {
  std::string name;
  std::string value;
};
using HeaderList = std::vector<AnswerHeader>;

/// RPC servers fill it too: the method's name is the path, metadata are the headers, and there is
/// no HTTP method.
struct Exchange {
  using Headers = boost::beast::http::fields;

  // The request.
  std::string_view method;
  std::string_view path;      // decoded, without the query
  std::string_view query;     // as sent, without the question mark
  int minor_version = 1;      // of HTTP/1.x
  std::string_view protocol;  // of an RPC, as its framework calls it
  const Headers* headers = nullptr;
  std::string_view body;
  std::string_view peer_address;
  std::uint16_t peer_port = 0;
  std::string_view local_address;  // this end of the connection
  std::uint16_t local_port = 0;
  std::int64_t request_id = 0;  // of an RPC whose protocol numbers its requests

  // What the query asks of this service; mostly nothing where the one behind it is to obey. And
  // where spans go that end after the chain: null where nothing goes on after it.
  AskedEffects asked;
  SpansAfterwards* afterwards = nullptr;

  // Set by the trace stage: the server span's context, invalid when there is none, and whether it
  // records; and the span itself, for what happens under it, null where nothing traces.
  TraceContext trace;
  bool span_records = false;
  bool instrumented = false;  // by a trace stage, whatever its state
  Span* span = nullptr;
  Cancellation* cancellation =
      nullptr;  // null where the server cannot tell that the caller has gone

  // Found by the route stage.
  const Route* route = nullptr;
  PathParams params;
  std::string_view operation;  // the RPC method that a route stands for, where frameworks name one
  std::string cleaned_path;    // what the parameters refer to if the path was not clean

  // Decoded and encoded by the codec stage, used by the application behind it.
  Message request;
  Message reply;

  // Of the call that follows: the addresses that a discovery stage found, null where none did, and
  // the one that a pick stage chose, of that list or of its own.
  std::shared_ptr<const std::vector<std::string>> candidates;
  std::string_view upstream;

  // What middleware was wrapped into for this request; the rest of the chain refers to it.
  std::shared_ptr<const void> closures;

  // The answer.
  unsigned status = 200;
  std::string_view content_type;
  std::string_view server;    // the header Server, none when empty
  std::string allow;          // the Allow header, none when empty
  HeaderList answer_headers;  // besides those that every answer has
  std::string answer;
  std::string error;  // what a handler or a router returned as its error, empty when none

  // What a client stage sends along to the next service, and when it gives up, by steady_nanos();
  // 0: when its client does so by itself.
  HeaderList call_headers;
  Nanos call_deadline{0};

  /// The first value of a header, empty when there is none. Names are matched in any case.
  [[nodiscard]] std::string_view header(boost::beast::http::field name) const {
    return view((*headers)[name]);
  }
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return view((*headers)[boost::beast::string_view(name.data(), name.size())]);
  }

 private:
  static std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
  }
};

/// The caller's address: the first in X-Forwarded-For if there is one, else the peer's. Frameworks
/// trust that header by default.
[[nodiscard]] inline std::string_view client_address(const Exchange& exchange) {
  std::string_view forwarded = exchange.header("X-Forwarded-For");
  forwarded = forwarded.substr(0, forwarded.find(','));
  return forwarded.empty() ? exchange.peer_address : forwarded;
}

}  // namespace tracetax
