// HTTP/2 by libnghttp2, and gRPC's few rules on top by hand: grpc++ would hide the encoding, the
// reasons of failed handshakes and what a client was told, and cost some three times the CPU.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_grpc.h"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <new>
#include <unordered_map>
#include <vector>

#include "harness/core/text/quote.h"
#include "harness/otlp/unpack.h"
#include "harness/run/sink/sink_signals.h"

namespace tracetax {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kPrefix = 5;  // of a message: whether it is packed, and four bytes of length
constexpr std::uint32_t kStreamsPerConnection = 100;
constexpr std::int32_t kWindow = 1 << 24;
constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::size_t kGathered = 64 * 1024;    // of answers, before they are written
constexpr std::size_t kReservedMost = 1 << 20;  // at once, of a message on its way in
constexpr std::size_t kFieldsMost = 16 * 1024;
constexpr std::size_t kMessageMost = 1000;

/// gRPC's status codes.
enum class GrpcCode {
  ok = 0,
  invalid_argument = 3,
  resource_exhausted = 8,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  unauthenticated = 16
};

struct GrpcStatus {
  GrpcCode code = GrpcCode::ok;
  std::string message;
};

[[nodiscard]] GrpcStatus status_of(const PayloadVerdict& verdict) {
  switch (verdict.answer) {
    case PayloadAnswer::accepted:
      return {};
    case PayloadAnswer::malformed:
      return {GrpcCode::invalid_argument, verdict.message};
    case PayloadAnswer::no_room:
      return {GrpcCode::unavailable, verdict.message};
  }
  return {};
}

/// As grpc-message wants it: what is not printable, and the percent sign, by its number.
[[nodiscard]] std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMessageMost)) {
    if (c >= ' ' && c <= '~' && c != '%') {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

[[nodiscard]] std::size_t announced_length(std::string_view prefix) {
  std::size_t length = 0;
  for (std::size_t i = 1; i < kPrefix; ++i)
    length = length << 8U | static_cast<unsigned char>(prefix[i]);
  return length;
}

[[nodiscard]] bool begins_like_http1(std::string_view bytes) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"POST ", "GET ", "PUT ", "HEAD ", "OPTIONS "},
      [bytes](std::string_view method) { return bytes.starts_with(method); });
}

}  // namespace

/// What is said on one connection. Answers may be added while others are still being written.
class SinkGrpc::Talk : public std::enable_shared_from_this<SinkGrpc::Talk> {
 public:
  Talk(SinkGrpc& all, std::shared_ptr<SinkVisit> visit);
  ~Talk() {
    for (auto& [id, call] : calls_) forget(call);
  }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;

  asio::awaitable<void> hold();
  /// Ends the calls whose messages do not go on.
  void end_stalled_calls();

 private:
  friend struct SinkGrpc::Callbacks;
  struct Call {
    std::map<std::string, std::string, std::less<>> fields;  // of its header
    std::size_t field_bytes = 0;
    OtlpSignal signal = OtlpSignal::traces;
    OtlpEncoding encoding = OtlpEncoding::identity;
    std::string prefix;       // of the message, as far as it has come
    std::string body;         // the message
    std::size_t counted = 0;  // in unfinished_bytes_
    bool drop = false;        // the body is read and thrown away
    bool answered = false;
    int seconds_left = 0;
    std::string reply;  // still to be sent
    GrpcStatus status;  // at its end
  };

  void on_header_end(std::int32_t id, Call& call);
  void on_bytes(std::int32_t id, Call& call, std::string_view bytes);
  void on_end(std::int32_t id, Call& call);
  void refuse(std::int32_t id, Call& call, GrpcCode code, const std::string& reason,
              std::string message);
  void answer(std::int32_t id, Call& call, GrpcStatus status);
  void submit_trailers(std::int32_t id, const GrpcStatus& status);
  void count(Call& call, std::size_t bytes);
  void forget(Call& call) { count(call, 0); }
  [[nodiscard]] static std::string_view field(const Call& call, std::string_view name);
  [[nodiscard]] asio::awaitable<bool> flush();

  SinkGrpc& all_;
  const std::shared_ptr<SinkVisit> visit_;
  std::unique_ptr<nghttp2_session, decltype(&nghttp2_session_del)> session_{nullptr,
                                                                            &nghttp2_session_del};
  std::unordered_map<std::int32_t, Call> calls_;
  std::string output_;
  std::string fault_;  // what nghttp2 had against the peer
  bool flushing_ = false;
  bool write_failed_ = false;
};

// What nghttp2 calls, with `user` being the talk.
struct SinkGrpc::Callbacks {
  static Talk& self(void* user) { return *static_cast<Talk*>(user); }

  static int on_begin(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      self(user).calls_[frame->hd.stream_id].seconds_left = self(user).all_.patience_.step;
    return 0;
  }
  static int on_field(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
    const auto found = self(user).calls_.find(frame->hd.stream_id);
    if (found == self(user).calls_.end()) return 0;
    Talk::Call& call = found->second;
    call.field_bytes += name_size + value_size;
    if (call.field_bytes > kFieldsMost) {
      self(user).all_.receiver_.refused(fmt::format("{} header", kTooLarge));
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    call.fields.insert_or_assign(std::string(reinterpret_cast<const char*>(name), name_size),
                                 std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }
  static int on_chunk(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                      std::size_t size, void* user) {
    const auto found = self(user).calls_.find(id);
    if (found != self(user).calls_.end())
      self(user).on_bytes(id, found->second, {reinterpret_cast<const char*>(data), size});
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const auto found = self(user).calls_.find(frame->hd.stream_id);
    if (found == self(user).calls_.end()) return 0;
    const std::int32_t id = found->first;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      self(user).on_header_end(id, found->second);
    const bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
      self(user).on_end(id, found->second);
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    const auto found = self(user).calls_.find(id);
    if (found == self(user).calls_.end()) return 0;
    self(user).forget(found->second);
    self(user).calls_.erase(found);
    return 0;
  }
  static int on_error(nghttp2_session*, int, const char* message, std::size_t size, void* user) {
    self(user).fault_.assign(message, std::min<std::size_t>(size, 60));
    return 0;
  }
  static ssize_t read_reply(nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                            std::uint32_t* flags, nghttp2_data_source*, void* user) {
    const auto found = self(user).calls_.find(id);
    if (found == self(user).calls_.end()) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Talk::Call& call = found->second;
    const std::size_t some = std::min(size, call.reply.size());
    std::copy_n(call.reply.begin(), some, to);
    call.reply.erase(0, some);
    if (call.reply.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
      self(user).submit_trailers(id, call.status);
    }
    return static_cast<ssize_t>(some);
  }

  static nghttp2_session* make(Talk& talk) {
    nghttp2_session_callbacks* callbacks = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_field);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_error_callback2(callbacks, on_error);
    nghttp2_session* made = nullptr;
    const int code = nghttp2_session_server_new(&made, callbacks, &talk);
    nghttp2_session_callbacks_del(callbacks);
    if (code != 0) throw std::bad_alloc();
    return made;
  }
};

SinkGrpc::Talk::Talk(SinkGrpc& all, std::shared_ptr<SinkVisit> visit)
    : all_(all), visit_(std::move(visit)) {
  session_.reset(Callbacks::make(*this));
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreamsPerConnection},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kFieldsMost}};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, kWindow);
}

std::string_view SinkGrpc::Talk::field(const Call& call, std::string_view name) {
  const auto found = call.fields.find(name);
  return found == call.fields.end() ? std::string_view{} : found->second;
}

void SinkGrpc::Talk::count(Call& call, std::size_t bytes) {
  all_.unfinished_bytes_ += bytes - call.counted;
  call.counted = bytes;
}

void SinkGrpc::Talk::on_header_end(std::int32_t id, Call& call) {
  const std::string_view method = field(call, ":path");
  const std::string_view encoding = field(call, "grpc-encoding");
  const auto signal = signal_of(&SignalDoor::grpc_method, method);
  if (!signal) {
    return refuse(
        id, call, GrpcCode::unimplemented, std::string(kMethod) + word(method),
        fmt::format("traces go to {}; this is {}", kSignalDoors[0].grpc_method, quote(method)));
  }
  call.signal = *signal;
  if (!field(call, "content-type").starts_with("application/grpc")) {
    return refuse(id, call, GrpcCode::invalid_argument,
                  std::string(kContentType) + word(field(call, "content-type")),
                  "content-type must be application/grpc");
  }
  const std::string lacking =
      header_fault(all_.headers_, [&call](const std::string& name) { return field(call, name); });
  if (!lacking.empty()) return refuse(id, call, GrpcCode::unauthenticated, lacking, lacking);
  call.drop = call.signal == OtlpSignal::other;
  if (call.drop) return;
  const auto known = otlp_encoding(encoding);
  if (!known) {
    return refuse(id, call, GrpcCode::unimplemented, std::string(kUnknownEncoding) + word(encoding),
                  fmt::format("grpc-encoding must be one of {}", kOtlpEncodings));
  }
  call.encoding = *known;
}

void SinkGrpc::Talk::on_bytes(std::int32_t id, Call& call, std::string_view bytes) {
  call.seconds_left = all_.patience_.step;
  if (call.answered) return;
  if (call.prefix.size() < kPrefix) {
    const std::size_t taken = std::min(kPrefix - call.prefix.size(), bytes.size());
    call.prefix += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (call.prefix.size() < kPrefix) return;
    const std::size_t length = announced_length(call.prefix);
    if (length > kOtlpMaxRequestBytes) {
      return refuse(id, call, GrpcCode::resource_exhausted, std::string(kTooLarge),
                    fmt::format("the limit is 64 MiB; the message has {} bytes", length));
    }
    if (!call.drop && all_.receiver_.has_room(all_.unfinished_bytes_))
      call.body.reserve(std::min(length, kReservedMost));
  }
  if (call.drop) return;
  count(call, call.counted + bytes.size());
  if (call.body.size() + bytes.size() > announced_length(call.prefix)) {
    return refuse(id, call, GrpcCode::invalid_argument, std::string(kBrokenRequest),
                  "more than one message in the call");
  }
  if (!all_.receiver_.has_room(all_.unfinished_bytes_)) {
    call.drop = true;  // read to its end all the same, and answered then
    call.body = {};
    return count(call, 0);
  }
  call.body += bytes;
}

void SinkGrpc::Talk::on_end(std::int32_t id, Call& call) {
  if (call.answered) return;
  if (call.signal == OtlpSignal::other) {
    all_.receiver_.other_signal();
    return answer(id, call, {});
  }
  count(call, 0);
  if (call.prefix.size() < kPrefix ||
      (!call.drop && call.body.size() < announced_length(call.prefix))) {
    return refuse(id, call, GrpcCode::invalid_argument, std::string(kBrokenRequest),
                  "the call ended without a whole message");
  }
  if (call.drop) {
    all_.receiver_.no_room();
    return answer(id, call, {GrpcCode::unavailable, "the sink's memory is full"});
  }
  const bool packed = call.prefix[0] != 0;
  if (packed && call.encoding == OtlpEncoding::identity) {
    return refuse(id, call, GrpcCode::internal, std::string(kBrokenRequest),
                  "the message is marked as packed, but grpc-encoding names no encoding");
  }
  answer(
      id, call,
      status_of(all_.receiver_.receive({.body = std::move(call.body),
                                        .format = OtlpFormat::protobuf,
                                        .encoding = packed ? call.encoding : OtlpEncoding::identity,
                                        .arrived_unix_ns = unix_now_ns()})));
}

void SinkGrpc::Talk::refuse(std::int32_t id, Call& call, GrpcCode code, const std::string& reason,
                            std::string message) {
  all_.receiver_.refused(refusal_of(call.signal, reason));
  answer(id, call, {code, std::move(message)});
}

void SinkGrpc::Talk::answer(std::int32_t id, Call& call, GrpcStatus status) {
  call.answered = true;
  call.body = {};
  count(call, 0);
  call.status = std::move(status);
  const auto nv = [](std::string_view name, std::string_view value) {
    return nghttp2_nv{reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                      reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(),
                      value.size(), NGHTTP2_NV_FLAG_NONE};
  };
  const std::string code = std::to_string(static_cast<int>(call.status.code));
  const std::string message = percent_encoded(call.status.message);
  std::vector<nghttp2_nv> head{nv(":status", "200"), nv("content-type", "application/grpc"),
                               nv("grpc-accept-encoding", kOtlpAcceptEncoding)};
  if (call.status.code == GrpcCode::ok) {
    call.reply.assign(kPrefix, '\0');  // an ExportTraceServiceResponse of which nothing is set
    nghttp2_data_provider provider{{}, Callbacks::read_reply};
    nghttp2_submit_response(session_.get(), id, head.data(), head.size(), &provider);
    return;
  }
  head.push_back(nv("grpc-status", code));
  head.push_back(nv("grpc-message", message));
  nghttp2_submit_response(session_.get(), id, head.data(), head.size(), nullptr);
}

void SinkGrpc::Talk::submit_trailers(std::int32_t id, const GrpcStatus& status) {
  std::string name = "grpc-status", value = std::to_string(static_cast<int>(status.code));
  const nghttp2_nv field{reinterpret_cast<std::uint8_t*>(name.data()),
                         reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                         NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_trailer(session_.get(), id, &field, 1);
}

void SinkGrpc::Talk::end_stalled_calls() {
  bool any = false;
  for (auto& [id, call] : calls_) {
    if (--call.seconds_left >= 0) continue;
    call.seconds_left = all_.patience_.step;
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    any = true;
  }
  if (!any || flushing_) return;
  asio::co_spawn(
      visit_->socket().get_executor(),
      [self = shared_from_this()]() -> asio::awaitable<void> {
        static_cast<void>(co_await self->flush());
      },
      asio::detached);
}

/// Writes what there is to say, unless that is being done already. False when the peer has gone.
asio::awaitable<bool> SinkGrpc::Talk::flush() {
  if (flushing_) co_return !write_failed_;
  flushing_ = true;
  for (;;) {
    output_.clear();
    const std::uint8_t* data = nullptr;
    for (ssize_t n = 1; n > 0 && output_.size() < kGathered;) {
      n = nghttp2_session_mem_send(session_.get(), &data);
      if (n > 0) output_.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(n));
    }
    if (output_.empty()) break;
    const auto [error, size] = co_await visit_->write(output_);
    write_failed_ = write_failed_ || error;
    if (error) break;
  }
  flushing_ = false;
  co_return !write_failed_;
}

asio::awaitable<void> SinkGrpc::Talk::hold() {
  std::string input(kReadSize, '\0');
  visit_->seconds_left = all_.patience_.step;
  for (bool first = true;; first = false) {
    const auto [error, size] = co_await visit_->read_some(asio::buffer(input));
    if (error) co_return;
    const std::string_view came(input.data(), size);
    const auto taken = nghttp2_session_mem_recv(
        session_.get(), reinterpret_cast<const std::uint8_t*>(input.data()), size);
    if (taken < 0) {
      const bool tls = first && came.starts_with("\x16\x03");
      const bool http1 = first && begins_like_http1(came);
      all_.receiver_.refused(tls     ? kTlsOnPlainPort
                             : http1 ? kHttpOnGrpcPort
                             : first ? kNotHttp
                                     : kBrokenRequest);
      if (http1)
        static_cast<void>(co_await visit_->write(
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 23\r\n\r\n"
            "this port speaks gRPC.\n"));
      co_await visit_->close_gently();
      co_return;
    }
    visit_->seconds_left = all_.patience_.step;
    if (!co_await flush()) co_return;
    visit_->seconds_left = all_.patience_.idle;  // its calls have their own
    if (nghttp2_session_want_read(session_.get()) == 0 &&
        nghttp2_session_want_write(session_.get()) == 0) {
      if (!fault_.empty()) all_.receiver_.refused(kBrokenRequest);
      co_await visit_->close_gently();
      co_return;
    }
  }
}

asio::awaitable<void> SinkGrpc::serve(std::shared_ptr<SinkVisit> visit) {
  const auto talk = std::make_shared<Talk>(*this, visit);
  visit->each_second = [talk = std::weak_ptr(talk)] {
    if (const auto alive = talk.lock()) alive->end_stalled_calls();
  };
  co_await talk->hold();
}

}  // namespace tracetax
