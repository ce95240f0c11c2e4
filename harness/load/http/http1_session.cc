// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/http1_session.h"

#include <algorithm>
#include <cerrno>

#include "harness/core/text/quote.h"
#include "harness/load/session/connection.h"

namespace tracetax {
namespace {

constexpr std::size_t kBytesQuoted = 60;

// RFC 9110, 9.2.2: may be sent twice and means the same.
bool is_idempotent(std::string_view request) {
  const std::string_view method = request.substr(0, request.find(' '));
  constexpr std::string_view kMethods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(kMethods, method) != std::end(kMethods);
}

// "GET /path HTTP/1.1" ...
std::string_view path_of(std::string_view request) {
  request.remove_prefix(request.find(' ') + 1);
  return request.substr(0, request.find(' '));
}

}  // namespace

Http1Session::Http1Session(SessionOwner& owner, Connection& connection, PreparedScenario& scenario,
                           bool keep_bodies)
    : owner_(owner), connection_(connection), scenario_(scenario), keep_bodies_(keep_bodies) {
  reader_.collect_fields(&connection.location, scenario.keeps_cookies ? &cookies_ : nullptr);
  if (scenario.reads_outcome) reader_.collect_outcome(&connection.outcome);
}

void Http1Session::start(std::int64_t at_ns) {
  write_failed_ = false;
  connection_.calls_max = 1;
  connection_.takes_calls = true;
  error_ = ErrorKind::malformed;
  call_ = nullptr;
  unread_.clear();
  unsent_ = {};
  beginning_.clear();
  problem_.clear();
  owner_.on_ready(connection_, at_ns);
}

void Http1Session::begin(Call& call) {
  RequestTemplate& request =
      scenario_.requests[request_of(call, scenario_, scenario_.requests.size())];
  write_context(request.context, call.context, request.bytes);
  call_ = &call;
  answer_began_ = false;
  reader_.begin(request.is_head);
  if (scenario_.reads_outcome) connection_.outcome.clear();
  if (keep_bodies_) {
    call.body.clear();
    reader_.collect_body(&call.body, kBodyKept);
  }
  const std::string_view bytes = scenario_.exports         ? with_made_body(request, call)
                                 : scenario_.keeps_cookies ? with_cookies(request)
                                                           : request.bytes;
  const std::int64_t send_ns = owner_.clock();
  const ssize_t n = connection_.transport.write(bytes.data(), bytes.size());
  const bool broken = n < 0 && errno != EAGAIN && errno != EINTR;
  owner_.on_sent(call, send_ns);
  if (n == static_cast<ssize_t>(bytes.size())) return;
  write_failed_ = broken;
  unsent_ = bytes.substr(static_cast<std::size_t>(std::max<ssize_t>(0, n)));
  if (!scenario_.exports) {
    // The template is patched again by the next request, so the rest needs a copy.
    kept_ = unsent_;
    unsent_ = kept_;
  }
  connection_.has_output = true;
}

std::string_view Http1Session::with_made_body(const RequestTemplate& request, const Call& call) {
  made_.clear();
  made_.append(request.bytes);
  owner_.make_body(call, made_);
  std::size_t length = made_.size() - request.bytes.size();
  char* digit = made_.data() + request.length_at + kLengthWidth;
  do *--digit = static_cast<char>('0' + length % 10);
  while ((length /= 10) > 0);
  return made_.view();
}

std::string_view Http1Session::with_cookies(const RequestTemplate& request) {
  const std::string header = cookies_.header_for(path_of(request.bytes));
  if (header.empty()) return request.bytes;
  with_cookies_.assign(request.bytes, 0, request.fields_end);
  with_cookies_ += "Cookie: ";
  with_cookies_ += header;
  with_cookies_ += "\r\n";
  with_cookies_.append(request.bytes, request.fields_end);
  return with_cookies_;
}

Session::Flush Http1Session::flush() {
  error_ = ErrorKind::reset;
  if (write_failed_) return Flush::broken;
  while (!unsent_.empty()) {
    const ssize_t n = connection_.transport.write(unsent_.data(), unsent_.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return Flush::blocked;
    if (n < 0) return Flush::broken;
    unsent_.remove_prefix(static_cast<std::size_t>(n));
  }
  return Flush::done;
}

Session::Fate Http1Session::take(std::string_view bytes, std::int64_t at_ns) {
  error_ = ErrorKind::malformed;
  if (call_ == nullptr) {
    beginning_.assign(bytes.substr(0, kBytesQuoted));
    problem_ = fmt::format("the server said something that nobody asked for: {}",
                           quote(bytes.substr(0, kBytesQuoted)));
    return Fate::broken;
  }
  answer_began_ = true;
  const bool pieced = !unread_.empty();
  if (pieced) {
    unread_.append(bytes);
    bytes = unread_;
  }
  std::size_t used = 0;
  const auto step = reader_.read(bytes, used);
  if (step == HttpResponseReader::Step::malformed) {
    beginning_.assign(bytes.substr(0, kBytesQuoted));
    if (!reader_.problem().empty())
      problem_ = fmt::format("the answer is malformed: {}", reader_.problem());
    return Fate::broken;
  }
  bytes.remove_prefix(used);
  if (step == HttpResponseReader::Step::complete && !bytes.empty()) {
    problem_ = fmt::format("behind the whole answer stand more bytes: {}",
                           quote(bytes.substr(0, kBytesQuoted)));
    return Fate::broken;
  }
  if (step == HttpResponseReader::Step::need_more) {
    if (pieced) {
      unread_.erase(0, used);
    } else {
      unread_.assign(bytes);
    }
    return Fate::fine;
  }
  unread_.clear();
  end(at_ns);
  return Fate::fine;
}

void Http1Session::end_of_stream(std::int64_t at_ns) {
  error_ = ErrorKind::closed;
  if (call_ != nullptr && reader_.started() &&
      reader_.end_of_stream() == HttpResponseReader::Step::complete) {
    end(at_ns);
  }
}

void Http1Session::end(std::int64_t at_ns) {
  // Answered before it had read the whole request, or said it will close: this connection is done.
  if (!unsent_.empty() || !reader_.keep_alive()) connection_.takes_calls = false;
  Call& call = *call_;
  call_ = nullptr;
  owner_.on_ended(call, {Ending::Kind::status, static_cast<std::uint32_t>(reader_.status())},
                  at_ns);
}

bool Http1Session::was_not_taken(const Call& call) const {
  return &call == call_ && !answer_began_ &&
         is_idempotent(scenario_.requests[call.request].bytes) &&
         connection_.transport.was_left_unread();
}

std::string Http1Session::explain() const {
  const bool otlp = scenario_.exports.has_value();
  if (beginning_.starts_with("\x15\x03")) {
    return fmt::format("the server speaks TLS on this port: use {}",
                       otlp ? "otlp+https://" : "https://");
  }
  // Three bytes of length and SETTINGS, with which a server begins.
  if (beginning_.size() > 3 && beginning_[0] == 0 && beginning_[3] == 4) {
    return fmt::format(
        "the server speaks HTTP/2 on this port: use {}",
        otlp ? R"(otlp:// (gRPC; in a suite "protocol": "grpc"))" : "--http2 or grpc://");
  }
  if (!problem_.empty()) return problem_;
  if (!beginning_.empty()) {
    return fmt::format("the answer is not HTTP/1.1; it begins with {}", quote(beginning_));
  }
  if (reader_.started()) return "the connection broke off inside of an answer";
  return fmt::format("the connection was closed without a whole answer{}",
                     connection_.transport.is_secure() ? ""
                     : otlp ? "; if it wants TLS or gRPC, use otlp+https:// or otlp://"
                            : "; if it wants TLS or HTTP/2, use https:// or grpc://");
}

}  // namespace tracetax
