// The client's side of TLS (OpenSSL): what is common to the connections of one worker, and why a
// handshake failed, in words that say what to do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "harness/core/text/error.h"
#include "harness/load/session/scenario.h"

struct ssl_ctx_st;
struct ssl_st;

namespace tracetax {

struct FreeTls {
  void operator()(ssl_ctx_st* context) const noexcept;
  void operator()(ssl_st* session) const noexcept;
};
using TlsSession = std::unique_ptr<ssl_st, FreeTls>;

/// One per worker thread: OpenSSL 3 locks what threads share. Verifies certificates and names
/// unless told not to; TLS 1.2 and 1.3.
class TlsContext {
 public:
  /// `protocol` is asked for by ALPN. Error (usage): a file that cannot be read or holds no such
  /// thing, a key that does not belong to the certificate.
  [[nodiscard]] static Result<TlsContext> make(const TlsOptions& options, const std::string& host,
                                               Protocol protocol);

  /// For a connected socket, which it does not own; null if memory is out. Raises no SIGPIPE.
  [[nodiscard]] TlsSession new_session(int fd) const;

 private:
  std::unique_ptr<ssl_ctx_st, FreeTls> context_;
  std::string server_name_;
  bool verifies_ = true;
};

/// Why `session` failed just now, in its handshake or, since servers refuse certificates late,
/// after it. Clears OpenSSL's error queue.
[[nodiscard]] std::string tls_error(ssl_st* session);

}  // namespace tracetax
