// HTTP/2 (RFC 9113, through libnghttp2) and gRPC on one connection: many calls at once, whose
// frames are gathered and written together by flush().
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/load/http/cookie_jar.h"
#include "harness/load/session/session.h"

namespace tracetax {

class Http2Session final : public Session {
 public:
  Http2Session(SessionOwner& owner, Connection& connection, PreparedScenario& scenario, int streams,
               bool keep_bodies);

  void start(std::int64_t at_ns) override;
  void begin(Call& call) override;
  [[nodiscard]] Fate take(std::string_view bytes, std::int64_t at_ns) override;
  void end_of_stream(std::int64_t at_ns) override;
  [[nodiscard]] Flush flush() override;
  [[nodiscard]] bool cancel(Call& call) override;
  [[nodiscard]] ErrorKind error() const override {
    return going_away_ ? ErrorKind::goaway : error_;
  }
  [[nodiscard]] std::string explain() const override;

 private:
  struct Free {
    void operator()(nghttp2_session* session) const noexcept { nghttp2_session_del(session); }
  };
  struct Callbacks;
  friend struct Callbacks;

  void on_field(Call& call, std::string_view name, std::string_view value);
  void on_data(Call& call, std::string_view data);
  void on_frame(const nghttp2_frame& frame);
  void on_settings();
  void go_away();
  void on_goaway(const nghttp2_goaway& frame);
  void take_messages(Call& call, std::string_view data);
  /// Ends a call by what GrpcFrameReader found.
  void refuse(Call& call, int found);
  /// The other side has ended the stream.
  void finish(Call& call);
  [[nodiscard]] Ending ending_of(const Call& call) const;
  /// Ends a call whose stream is not over for nghttp2. The stream is reset.
  void abandon(Call& call, const Ending& ending);
  void on_close(Call& call, std::uint32_t code);
  void on_not_sent(std::int32_t stream_id);
  void make_body(Call& call);
  [[nodiscard]] std::size_t message_count(const Call& call) const;
  [[nodiscard]] ssize_t next_bytes(Call& call, std::uint8_t* to, std::size_t size,
                                   std::uint32_t* flags);
  [[nodiscard]] Call* call_of(std::int32_t stream_id) const;
  void forget(const Call& call);
  [[nodiscard]] bool serialise();

  SessionOwner& owner_;
  Connection& connection_;
  PreparedScenario& scenario_;
  int streams_;
  bool keep_bodies_;
  bool is_grpc_;
  std::vector<nghttp2_nv> fields_;  // of the request being begun; they point into `scenario_`
  // A place for each call to keep its context in until it is serialised, one behind the other.
  std::string contexts_;
  std::size_t context_size_ = 0;
  CookieJar cookies_;  // where the scenario keeps them
  std::unique_ptr<nghttp2_session, Free> session_;
  std::vector<Call*> unsent_;  // begun since the last flush
  std::string output_;         // serialised, from output_at_ on not written
  std::size_t output_at_ = 0;
  std::int64_t now_ns_ = 0;  // of the bytes being taken
  bool ready_ = false;       // the server's SETTINGS are here
  bool going_away_ = false;
  bool terminated_ = false;  // nghttp2 has found the peer at fault and said so
  ErrorKind error_ = ErrorKind::malformed;
  std::string reason_;     // of nghttp2
  std::string goaway_;     // what the server said with it
  std::string beginning_;  // the first bytes that came
};

}  // namespace tracetax
