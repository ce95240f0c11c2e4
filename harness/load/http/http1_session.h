// HTTP/1.1 with keep-alive on one connection: one call at a time, written at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/load/http/cookie_jar.h"
#include "harness/load/http/http_response.h"
#include "harness/load/session/session.h"

namespace tracetax {

class Http1Session final : public Session {
 public:
  Http1Session(SessionOwner& owner, Connection& connection, PreparedScenario& scenario,
               bool keep_bodies);

  void start(std::int64_t at_ns) override;
  void begin(Call& call) override;
  [[nodiscard]] Fate take(std::string_view bytes, std::int64_t at_ns) override;
  void end_of_stream(std::int64_t at_ns) override;
  [[nodiscard]] Flush flush() override;
  [[nodiscard]] bool cancel(Call&) override { return false; }
  [[nodiscard]] bool was_not_taken(const Call& call) const override;
  [[nodiscard]] ErrorKind error() const override { return error_; }
  [[nodiscard]] std::string explain() const override;

 private:
  [[nodiscard]] std::string_view with_cookies(const RequestTemplate& request);
  [[nodiscard]] std::string_view with_made_body(const RequestTemplate& request, const Call& call);
  void end(std::int64_t at_ns);

  SessionOwner& owner_;
  Connection& connection_;
  PreparedScenario& scenario_;
  bool keep_bodies_;
  bool write_failed_ = false;
  ErrorKind error_ = ErrorKind::malformed;
  Call* call_ = nullptr;       // in flight
  bool answer_began_ = false;  // a byte of it came
  HttpResponseReader reader_;
  CookieJar cookies_;         // where the scenario keeps them
  std::string with_cookies_;  // the request, with those that go with it
  std::string unread_;        // of an answer's head that came in pieces
  BodyBuffer made_;           // the request, where its body is made anew
  std::string kept_;          // of a request that did not fit the socket buffer
  std::string_view unsent_;   // the part of it, or of what was made, that is still to be written
  std::string beginning_;     // of an answer that was none
  std::string problem_;       // of one that was malformed
};

}  // namespace tracetax
