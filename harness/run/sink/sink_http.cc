// A body of known length is read straight to where it is kept, because this CPU time is the
// driver's neighbour: some 11 us for a payload of 10 KB (20 spans), 150 us for one of 260 KB (512
// spans), against 420 us by way of the parser's buffer (2 vCPUs, loopback).
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_http.h"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "harness/otlp/unpack.h"
#include "harness/run/sink/sink_reply.h"
#include "harness/run/sink/sink_signals.h"

namespace tracetax {
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::uint32_t kHeaderMax = 16 * 1024;
constexpr std::size_t kFirstRead = 512;  // an exporter's header has 200 to 300 bytes
constexpr std::size_t kReadBuffer = 64 * 1024;
constexpr std::string_view kTlsBeginning = "\x16\x03";
constexpr std::string_view kHttp2Beginning = "PRI * HTTP/2.0";

/// "application/json; charset=utf-8" -> "application/json"
[[nodiscard]] std::string_view media_type(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

[[nodiscard]] std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

[[nodiscard]] std::string_view text_of(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

/// What the header says about the body, or the status to refuse it with.
struct HeaderVerdict {
  unsigned status = 200;
  std::string reason;
  std::string message;
  OtlpSignal signal = OtlpSignal::traces;
  OtlpFormat format = OtlpFormat::json;
  OtlpEncoding encoding = OtlpEncoding::identity;
};

[[nodiscard]] HeaderVerdict judge_header(const http::request<http::string_body>& request,
                                         const std::map<std::string, std::string>& required) {
  HeaderVerdict verdict;
  const auto type = media_type(view(request[http::field::content_type]));
  const bool json = boost::beast::iequals({type.data(), type.size()}, "application/json");
  const bool protobuf = boost::beast::iequals({type.data(), type.size()}, "application/x-protobuf");
  // Whoever did not say protobuf is more likely a person with curl than an exporter.
  verdict.format = protobuf ? OtlpFormat::protobuf : OtlpFormat::json;
  const auto refuse = [&verdict](unsigned status, std::string reason, std::string message) {
    verdict.status = status;
    verdict.reason = refusal_of(verdict.signal, std::move(reason));
    verdict.message = std::move(message);
    return verdict;
  };
  std::string_view path = view(request.target());
  path = path.substr(0, path.find('?'));
  const auto signal = signal_of(&SignalDoor::http_path, path);
  if (!signal) {
    return refuse(404, std::string(kPath) + word(path),
                  "traces go to /v1/traces; /v1/metrics and /v1/logs are taken and not kept");
  }
  verdict.signal = *signal;
  if (request.method() != http::verb::post) {
    return refuse(405, std::string(kMethod) + word(view(request.method_string())),
                  fmt::format("{} takes POST", path));
  }
  const std::string lacking = header_fault(required, [&request](const std::string& name) {
    return view(request[boost::beast::string_view(name.data(), name.size())]);
  });
  if (!lacking.empty()) return refuse(401, lacking, lacking);
  if (*signal == OtlpSignal::other) return verdict;
  if (!json && !protobuf) {
    return refuse(415, std::string(kContentType) + word(type),
                  "Content-Type must be application/x-protobuf or application/json");
  }
  const std::string_view encoding = view(request[http::field::content_encoding]);
  if (const auto known = otlp_encoding(encoding)) {
    verdict.encoding = *known;
    return verdict;
  }
  return refuse(415, std::string(kUnknownEncoding) + word(encoding),
                fmt::format("Content-Encoding must be one of {}", kOtlpEncodings));
}

/// The peer sent something that is no HTTP, as opposed to nothing more.
[[nodiscard]] bool is_http_fault(const boost::system::error_code& error) {
  return error && error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

struct SinkHttp::Parser : http::request_parser<http::string_body> {};

/// A share of a total, given back when it ends.
class SinkHttp::Share {
 public:
  explicit Share(std::size_t& total) : total_(total) {}
  ~Share() { total_ -= mine_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  void set(std::size_t mine) {
    total_ += mine - mine_;
    mine_ = mine;
  }

 private:
  std::size_t& total_;
  std::size_t mine_ = 0;
};

/// What is said on one connection.
struct SinkHttp::Talk {
  SinkVisit& visit;
  boost::beast::flat_buffer buffer{kHeaderMax + kReadBuffer};  // read beyond the last request
  OtlpFormat format = OtlpFormat::json;                        // of the answers

  /// False when the peer has gone.
  asio::awaitable<bool> read_more(std::size_t most) {
    const std::size_t room = std::min(most, buffer.max_size() - buffer.size());
    const auto [error, size] = co_await visit.read_some(buffer.prepare(room));
    buffer.commit(size);
    co_return !error;
  }
};

asio::awaitable<void> SinkHttp::serve(std::shared_ptr<SinkVisit> visit) {
  Talk talk{*visit};
  while (co_await serve_request(talk)) {
  }
}

/// Answers an error and closes, because what follows on the connection cannot be trusted or is
/// unwanted.
asio::awaitable<bool> SinkHttp::refuse(Talk& talk, unsigned status, std::string_view reason,
                                       std::string_view message) {
  receiver_.refused(reason);
  talk.visit.seconds_left = patience_.step;
  const std::string reply = http_reply(status, message, talk.format, true);
  const auto [error, written] = co_await talk.visit.write(reply);
  if (!error) co_await talk.visit.close_gently();
  co_return false;
}

/// A body of a known length, read straight to where it stays. The memory of all of it is asked for
/// at once, but taken (written to) only as it comes: what is announced costs nothing. False when
/// the peer has gone.
asio::awaitable<bool> SinkHttp::read_announced(Talk& talk, std::size_t length, Share& unfinished,
                                               bool& drop, std::string& body) {
  std::size_t got = std::min(length, talk.buffer.size());
  unfinished.set(drop ? 0 : got);
  drop = drop || !receiver_.has_room(unfinished_bytes_);
  if (!drop) {
    body.reserve(length);
    body.assign(text_of(talk.buffer).substr(0, got));
  }
  talk.buffer.consume(got);
  while (got < length) {
    talk.visit.seconds_left = patience_.step;
    asio::mutable_buffer to;
    if (!drop && got == body.size()) {
      body.resize(std::min(length, std::max(2 * got, kReadBuffer)));
      unfinished.set(body.size());
      drop = !receiver_.has_room(unfinished_bytes_);
    }
    if (drop) {  // read to its end all the same: the connection stays usable
      body = {};
      unfinished.set(0);
      to = talk.buffer.prepare(std::min(length - got, kReadBuffer));
    } else {
      to = asio::buffer(body) + got;
    }
    const auto [error, size] = co_await talk.visit.read_some(to);
    if (error) co_return false;
    got += size;
  }
  co_return true;
}

/// A body whose length shows at its end. False when the peer has gone or was refused.
asio::awaitable<bool> SinkHttp::read_chunked(Talk& talk, Parser& parser, Share& unfinished,
                                             bool& drop, std::string& body) {
  std::string& parsed = parser.get().body();
  parser.eager(true);
  while (!parser.is_done()) {
    boost::system::error_code error;
    if (talk.buffer.size() > 0) talk.buffer.consume(parser.put(talk.buffer.data(), error));
    if (error == http::error::body_limit)
      co_return co_await refuse(talk, 413, kTooLarge, "the limit is 64 MiB");
    if (error == http::error::need_more) error = {};
    if (talk.buffer.size() == talk.buffer.max_size()) error = http::error::bad_chunk;
    if (error) {
      const std::string message = "malformed body: " + error.message();
      co_return co_await refuse(talk, 400, kBrokenRequest, message);
    }
    unfinished.set(drop ? 0 : parsed.size());
    drop = drop || !receiver_.has_room(unfinished_bytes_);
    if (drop) parsed.clear();  // read to its end all the same: the connection stays usable
    if (parser.is_done()) break;
    talk.visit.seconds_left = patience_.step;
    if (!co_await talk.read_more(kReadBuffer)) co_return false;
  }
  body = std::move(parsed);
  co_return true;
}

/// False when the peer has gone or was refused.
asio::awaitable<bool> SinkHttp::read_header(Talk& talk, Parser& parser) {
  parser.header_limit(kHeaderMax);
  parser.body_limit(kOtlpMaxRequestBytes);
  talk.format = OtlpFormat::json;
  if (talk.buffer.size() == 0) {
    talk.visit.seconds_left = patience_.idle;
    if (!co_await talk.read_more(kFirstRead)) co_return false;
  }
  talk.visit.seconds_left = patience_.step;
  for (bool first = true;; first = false) {
    const std::string_view seen = text_of(talk.buffer);
    if (first && seen.starts_with(kTlsBeginning)) {
      receiver_.refused(kTlsOnPlainPort);
      co_return false;
    }
    const bool http2 = first && seen.starts_with(kHttp2Beginning);
    boost::system::error_code error;
    talk.buffer.consume(parser.put(talk.buffer.data(), error));
    if (error == http::error::body_limit)
      co_return co_await refuse(talk, 413, kTooLarge, "the limit is 64 MiB");
    if (is_http_fault(error) && error != http::error::need_more) {
      const std::string message = "not an HTTP/1.1 request: " + error.message();
      co_return co_await refuse(talk, 400, http2 ? kGrpcOnHttpPort : kNotHttp, message);
    }
    if (parser.is_header_done()) co_return true;
    if (!co_await talk.read_more(kReadBuffer)) co_return false;
  }
}

/// One request; true if another may follow on the connection.
asio::awaitable<bool> SinkHttp::serve_request(Talk& talk) {
  Parser parser;
  if (!co_await read_header(talk, parser)) co_return false;
  const HeaderVerdict header = judge_header(parser.get(), headers_);
  talk.format = header.format;
  if (header.status != 200)
    co_return co_await refuse(talk, header.status, header.reason, header.message);
  const bool traces = header.signal == OtlpSignal::traces;
  Share unfinished(unfinished_bytes_);
  bool drop = !traces;
  if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    const auto [error, size] = co_await talk.visit.write("HTTP/1.1 100 Continue\r\n\r\n");
    if (error) co_return false;
  }

  std::string body;
  const auto announced = parser.content_length();
  const bool whole = announced ? co_await read_announced(talk, *announced, unfinished, drop, body)
                               : co_await read_chunked(talk, parser, unfinished, drop, body);
  if (!whole) co_return false;
  unfinished.set(0);

  const bool keep = parser.keep_alive() && parser.get().version() == 11;
  PayloadVerdict verdict;
  if (!traces) {
    receiver_.other_signal();
  } else if (drop) {
    receiver_.no_room();
    verdict = {PayloadAnswer::no_room, "the sink's memory is full"};
  } else {
    verdict = receiver_.receive({.body = std::move(body),
                                 .format = header.format,
                                 .encoding = header.encoding,
                                 .arrived_unix_ns = unix_now_ns()});
  }
  talk.visit.seconds_left = patience_.step;
  const unsigned status = verdict.answer == PayloadAnswer::accepted    ? 200
                          : verdict.answer == PayloadAnswer::malformed ? 400
                                                                       : 503;
  const std::string reply = http_reply(status, verdict.message, header.format, !keep);
  const auto [error, written] = co_await talk.visit.write(reply);
  if (!error && !keep) co_await talk.visit.close_gently();
  co_return !error && keep;
}

}  // namespace tracetax
