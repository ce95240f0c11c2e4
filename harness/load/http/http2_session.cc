// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/http2_session.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <new>

#include "harness/core/text/quote.h"
#include "harness/load/session/connection.h"

namespace tracetax {
namespace {

// Wide enough that an answer hardly ever waits for a WINDOW_UPDATE, as h2load has it.
constexpr std::int32_t kWindow = 1 << 24;
constexpr std::size_t kOutputMax = 256 * 1024;  // gathered before it is written
constexpr std::size_t kBeginningKept = 60;
constexpr std::size_t kGoawayQuoted = 100;
constexpr std::size_t kFrameTypeAt = 3;  // of nine bytes: RFC 9113, 4.1

std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

// Names and values stay where they are until their frame is serialised, so nghttp2 need not copy
// them.
nghttp2_nv as_nv(HeaderField& field) {
  return {bytes_of(field.name), bytes_of(field.value), field.name.size(), field.value.size(),
          NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

std::string_view path_of(const StreamTemplate& stream) {
  const auto path = std::ranges::find(stream.fields, ":path", &HeaderField::name);
  return path == stream.fields.end() ? "/" : std::string_view(path->value);
}

// Of the stream that takes most.
std::size_t context_size(const std::vector<StreamTemplate>& streams) {
  std::size_t most = 0;
  for (const StreamTemplate& stream : streams) {
    std::size_t size = 0;
    for (const ContextPlace& place : stream.context) size += size_of(place.field);
    most = std::max(most, size);
  }
  return most;
}

std::uint32_t parse_code(std::string_view text, std::uint32_t otherwise) {
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  return error == std::errc{} && end == text.data() + text.size() ? code : otherwise;
}

}  // namespace

// What nghttp2 calls, with `user` being the session.
struct Http2Session::Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    if (Call* call = self(user).call_of(frame->hd.stream_id)) {
      self(user).on_field(*call, {reinterpret_cast<const char*>(name), name_size},
                          {reinterpret_cast<const char*>(value), value_size});
    }
    return 0;
  }
  static int on_chunk(nghttp2_session*, std::uint8_t, std::int32_t stream_id,
                      const std::uint8_t* data, std::size_t size, void* user) {
    if (Call* call = self(user).call_of(stream_id)) {
      self(user).on_data(*call, {reinterpret_cast<const char*>(data), size});
    }
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    self(user).on_frame(*frame);
    return 0;
  }
  static int on_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
      self(user).terminated_ = true;
    }
    return 0;
  }
  // A request that nghttp2 held back and cannot send any more, after a GOAWAY of either side.
  static int on_not_sent(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS) self(user).on_not_sent(frame->hd.stream_id);
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t stream_id, std::uint32_t code, void* user) {
    if (Call* call = self(user).call_of(stream_id)) self(user).on_close(*call, code);
    return 0;
  }
  static int on_error(nghttp2_session*, int, const char* message, std::size_t size, void* user) {
    self(user).reason_.assign(message, std::min<std::size_t>(size, 200));
    return 0;
  }
  static ssize_t read_data(nghttp2_session*, std::int32_t stream_id, std::uint8_t* to,
                           std::size_t size, std::uint32_t* flags, nghttp2_data_source* source,
                           void* user) {
    Call& call = *static_cast<Call*>(source->ptr);
    // The call may be another one by now: this stream was given up.
    if (call.stream_id != stream_id) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    return self(user).next_bytes(call, to, size, flags);
  }

  static nghttp2_session* make(Http2Session& session) {
    nghttp2_session_callbacks* callbacks = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_not_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_error_callback2(callbacks, on_error);
    nghttp2_session* made = nullptr;
    const int code = nghttp2_session_client_new(&made, callbacks, &session);
    nghttp2_session_callbacks_del(callbacks);
    if (code != 0) throw std::bad_alloc();
    return made;
  }
};

Http2Session::Http2Session(SessionOwner& owner, Connection& connection, PreparedScenario& scenario,
                           int streams, bool keep_bodies)
    : owner_(owner),
      connection_(connection),
      scenario_(scenario),
      streams_(streams),
      keep_bodies_(keep_bodies),
      is_grpc_(scenario.protocol == Protocol::grpc),
      context_size_(context_size(scenario.streams)) {
  unsent_.reserve(static_cast<std::size_t>(streams));
  output_.reserve(kOutputMax);
}

void Http2Session::start(std::int64_t at_ns) {
  now_ns_ = at_ns;
  ready_ = going_away_ = terminated_ = false;
  error_ = ErrorKind::malformed;
  connection_.calls_max = 0;
  connection_.takes_calls = true;
  unsent_.clear();
  contexts_.resize(connection_.calls.size() * context_size_);
  output_.clear();
  output_at_ = 0;
  reason_.clear();
  goaway_.clear();
  beginning_.clear();
  session_.reset();
  session_.reset(Callbacks::make(*this));
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow}};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, kWindow);
  connection_.has_output = true;
}

void Http2Session::begin(Call& call) {
  StreamTemplate& stream = scenario_.streams[request_of(call, scenario_, scenario_.streams.size())];
  fields_.clear();
  for (HeaderField& field : stream.fields) fields_.push_back(as_nv(field));
  char* value =
      contexts_.data() + static_cast<std::size_t>(&call - connection_.calls.data()) * context_size_;
  for (const ContextPlace& place : stream.context) {
    write_context(place.field, call.context, value);
    nghttp2_nv& field = fields_[place.at];
    field.value = reinterpret_cast<std::uint8_t*>(value);
    // Each is sent once: in the table of fields it would drive out those that return.
    field.flags |= NGHTTP2_NV_FLAG_NO_INDEX;
    value += size_of(place.field);
  }
  std::string cookie_name = "cookie",
              cookies;  // copied by nghttp2, as the next answer changes them
  if (scenario_.keeps_cookies) cookies = cookies_.header_for(path_of(stream));
  if (!cookies.empty()) {
    fields_.push_back({bytes_of(cookie_name), bytes_of(cookies), cookie_name.size(), cookies.size(),
                       NGHTTP2_NV_FLAG_NONE});
  }
  if (scenario_.exports) make_body(call);
  call.status = call.grpc_status = 0;
  call.has_grpc_status = call.is_grpc = call.reset_by_peer = call.waits_for_turn = false;
  call.message = call.message_at = 0;
  call.frames.reset(scenario_.replies_in_protobuf);
  if (keep_bodies_) {
    call.body.clear();
    call.grpc_message.clear();
  }
  nghttp2_data_provider data{{.ptr = &call}, &Callbacks::read_data};
  call.stream_id = nghttp2_submit_request(session_.get(), nullptr, fields_.data(), fields_.size(),
                                          message_count(call) == 0 ? nullptr : &data, &call);
  connection_.has_output = true;
  if (call.stream_id > 0) {
    unsent_.push_back(&call);
    return;
  }
  // Out of stream numbers, after a billion calls: the connection has to begin anew.
  go_away();
  owner_.on_refused(call, owner_.clock());
}

std::size_t Http2Session::message_count(const Call& call) const {
  return scenario_.exports ? 1 : scenario_.streams[call.request].messages.size();
}

void Http2Session::make_body(Call& call) {
  call.made.clear();
  if (is_grpc_) static_cast<void>(call.made.extend(kGrpcPrefixSize));
  owner_.make_body(call, call.made);
  if (is_grpc_)
    write_grpc_prefix(call.made.size() - kGrpcPrefixSize, scenario_.exports->packed,
                      call.made.data());
}

ssize_t Http2Session::next_bytes(Call& call, std::uint8_t* to, std::size_t size,
                                 std::uint32_t* flags) {
  const std::size_t messages = message_count(call);
  std::size_t given = 0;
  while (given < size && call.message < messages) {
    if (scenario_.takes_turns && call.message > call.frames.messages()) break;
    const std::string_view message =
        scenario_.exports
            ? call.made.view()
            : std::string_view(scenario_.streams[call.request].messages[call.message]);
    const std::size_t part = std::min(size - given, message.size() - call.message_at);
    std::memcpy(to + given, message.data() + call.message_at, part);
    given += part;
    call.message_at += part;
    if (call.message_at < message.size()) break;
    ++call.message;
    call.message_at = 0;
  }
  if (call.message == messages) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  } else if (given == 0) {
    call.waits_for_turn = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(given);
}

bool Http2Session::serialise() {
  while (output_.size() < kOutputMax) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size < 0) {
      reason_ = nghttp2_strerror(static_cast<int>(size));
      return false;
    }
    if (size == 0) break;
    output_.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  }
  return true;
}

Session::Flush Http2Session::flush() {
  while (true) {
    if (output_at_ == output_.size()) {
      output_.clear();
      output_at_ = 0;
      if (!serialise()) return Flush::broken;
    }
    if (!unsent_.empty()) {
      const std::int64_t at_ns = owner_.clock();
      for (Call* call : unsent_) owner_.on_sent(*call, at_ns);
      unsent_.clear();
    }
    if (output_.empty()) break;
    const ssize_t n =
        connection_.transport.write(output_.data() + output_at_, output_.size() - output_at_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return Flush::blocked;
    if (n < 0) {
      error_ = ErrorKind::reset;
      return Flush::broken;
    }
    output_at_ += static_cast<std::size_t>(n);
  }
  return terminated_ ? Flush::broken : Flush::done;
}

Session::Fate Http2Session::take(std::string_view bytes, std::int64_t at_ns) {
  now_ns_ = at_ns;
  if (!ready_)
    beginning_.append(
        bytes.substr(0, kBeginningKept - std::min(kBeginningKept, beginning_.size())));
  // The first frame of a server is SETTINGS; another protocol may say too little for nghttp2 to
  // notice.
  if (!ready_ && beginning_.size() > kFrameTypeAt && beginning_[kFrameTypeAt] != NGHTTP2_SETTINGS)
    return Fate::broken;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    error_ = ErrorKind::malformed;
    if (reason_.empty()) reason_ = nghttp2_strerror(static_cast<int>(taken));
    return Fate::broken;
  }
  if (nghttp2_session_want_write(session_.get()) != 0) connection_.has_output = true;
  return Fate::fine;
}

void Http2Session::end_of_stream(std::int64_t at_ns) {
  now_ns_ = at_ns;
  // If nghttp2 has found the peer at fault, it knows when it tells the peer.
  static_cast<void>(serialise());
  error_ = terminated_ ? ErrorKind::malformed : ErrorKind::closed;
}

Call* Http2Session::call_of(std::int32_t stream_id) const {
  return stream_id == 0
             ? nullptr
             : static_cast<Call*>(nghttp2_session_get_stream_user_data(session_.get(), stream_id));
}

void Http2Session::forget(const Call& call) {
  nghttp2_session_set_stream_user_data(session_.get(), call.stream_id, nullptr);
  std::erase(unsent_, &call);
}

void Http2Session::on_field(Call& call, std::string_view name, std::string_view value) {
  if (name == ":status") {
    call.status = parse_code(value, 0);
  } else if (is_grpc_ && name == "grpc-status") {
    constexpr std::uint32_t kUnknown = 2;
    call.grpc_status = parse_code(value, kUnknown);
    call.has_grpc_status = true;
  } else if (is_grpc_ && name == "content-type") {
    call.is_grpc = value.starts_with("application/grpc");
  } else if (keep_bodies_ && name == "grpc-message") {
    call.grpc_message = value;
  } else if (call.status / 100 == 3 && name == "location") {
    connection_.location.assign(value.substr(0, kLocationKept));
  } else if (scenario_.keeps_cookies && name == "set-cookie") {
    cookies_.take(value);
  }
}

void Http2Session::on_data(Call& call, std::string_view data) {
  if (keep_bodies_)
    call.body.append(data.substr(0, kBodyKept - std::min(kBodyKept, call.body.size())));
  if (is_grpc_) take_messages(call, data);
}

void Http2Session::take_messages(Call& call, std::string_view data) {
  // A server may compress its reply as the request was: who reads the body sees that by the flag.
  if (scenario_.exports && scenario_.exports->packed && call.frames.between_messages() &&
      data.starts_with('\1')) {
    static_cast<void>(call.frames.take(std::string_view("\0", 1)));
    data.remove_prefix(1);
  }
  const int ended = call.frames.take(data);
  if (ended < 0) return refuse(call, ended);
  if (scenario_.answers_with_messages) {
    for (int i = 0; i < ended; ++i) owner_.on_message(call, now_ns_);
  }
  if (ended > 0 && call.waits_for_turn) {
    call.waits_for_turn = false;
    nghttp2_session_resume_data(session_.get(), call.stream_id);
    connection_.has_output = true;
  }
}

void Http2Session::refuse(Call& call, int found) {
  ErrorKind kind = ErrorKind::malformed;
  std::string_view words = "a message of the reply has an undefined flag";
  if (found == GrpcFrameReader::kCompressed) {
    kind = ErrorKind::compressed;
    words = "the reply is compressed, which nobody asked for; turn compression off in the server";
  } else if (found == GrpcFrameReader::kNotProtobuf) {
    kind = ErrorKind::not_protobuf;
    words = "the reply is no protobuf message";
  }
  if (keep_bodies_) call.grpc_message = words;
  abandon(call, Ending::error(kind));
}

void Http2Session::go_away() {
  going_away_ = true;
  connection_.takes_calls = false;
}

void Http2Session::on_goaway(const nghttp2_goaway& frame) {
  go_away();
  goaway_ = http2_code_name(frame.error_code);
  if (frame.opaque_data_len > 0) {
    const std::string_view said{reinterpret_cast<const char*>(frame.opaque_data),
                                frame.opaque_data_len};
    goaway_ += fmt::format(" ({})", printable(said, kGoawayQuoted));
  }
}

void Http2Session::on_settings() {
  const std::uint32_t most =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  connection_.calls_max =
      static_cast<int>(std::min<std::uint32_t>(most, static_cast<std::uint32_t>(streams_)));
  ready_ = true;
  owner_.on_ready(connection_, now_ns_);
}

void Http2Session::on_frame(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_SETTINGS:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) on_settings();
      return;
    case NGHTTP2_GOAWAY:
      return on_goaway(frame.goaway);
    case NGHTTP2_RST_STREAM:
      if (Call* call = call_of(frame.hd.stream_id)) call->reset_by_peer = true;
      return;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
      if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
      if (Call* call = call_of(frame.hd.stream_id)) finish(*call);
      return;
    default:
      return;
  }
}

Ending Http2Session::ending_of(const Call& call) const {
  if (!is_grpc_ || call.status != 200) return {Ending::Kind::status, call.status};
  if (!call.is_grpc || !call.has_grpc_status) return Ending::error(ErrorKind::malformed);
  const bool is_ok = call.grpc_status == 0;
  const bool whole = call.frames.between_messages() &&
                     (scenario_.answers_with_messages || call.frames.messages() == 1);
  if (is_ok && !whole) return Ending::error(ErrorKind::malformed);
  return {Ending::Kind::grpc, call.grpc_status};
}

void Http2Session::finish(Call& call) {
  const Ending ending = ending_of(call);
  if (nghttp2_session_get_stream_local_close(session_.get(), call.stream_id) == 0)
    return abandon(call, ending);
  forget(call);
  owner_.on_ended(call, ending, now_ns_);
}

void Http2Session::abandon(Call& call, const Ending& ending) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, call.stream_id, NGHTTP2_CANCEL);
  connection_.has_output = true;
  forget(call);
  owner_.on_ended(call, ending, now_ns_);
}

bool Http2Session::cancel(Call& call) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, call.stream_id, NGHTTP2_CANCEL);
  connection_.has_output = true;
  forget(call);
  return true;
}

// Closed before it was finished.
void Http2Session::on_close(Call& call, std::uint32_t code) {
  forget(call);
  if (call.reset_by_peer) return owner_.on_ended(call, {Ending::Kind::stream_reset, code}, now_ns_);
  // RFC 9113, 6.8: what is above the last stream of a GOAWAY was not taken.
  if (going_away_ && code == NGHTTP2_REFUSED_STREAM) return owner_.on_refused(call, now_ns_);
  owner_.on_ended(call, Ending::error(error()), now_ns_);
}

void Http2Session::on_not_sent(std::int32_t stream_id) {
  go_away();  // whatever held it back would hold back the next one too
  for (Call& call : connection_.calls) {
    if (!call.busy || call.stream_id != stream_id) continue;
    forget(call);  // or the end of its stream, which follows, would be told as well
    return owner_.on_refused(call, owner_.clock());
  }
}

std::string Http2Session::explain() const {
  if (!goaway_.empty()) return fmt::format("the server ended the connection: GOAWAY {}", goaway_);
  if (ready_)
    return reason_.empty() ? "the connection broke off"
                           : fmt::format("malformed HTTP/2: {}", reason_);
  if (beginning_.starts_with("HTTP/1.")) {
    return fmt::format(
        "the server answered with HTTP/1.1: it does not speak HTTP/2 on this port{}",
        scenario_.exports
            ? R"(; OTLP over HTTP is otlp+http:// (in a suite "protocol": "http/protobuf"))"
            : "");
  }
  const std::string_view secure = scenario_.exports ? "otlps://" : "https:// or grpcs://";
  if (beginning_.starts_with("\x15\x03"))
    return fmt::format("the server speaks TLS on this port: use {}", secure);
  if (beginning_.empty()) {
    return fmt::format(
        "the connection was closed before any HTTP/2 came{}",
        connection_.transport.is_secure() ? "" : fmt::format("; if it wants TLS, use {}", secure));
  }
  return fmt::format("the answer is not HTTP/2; it begins with {}", quote(beginning_));
}

}  // namespace tracetax
