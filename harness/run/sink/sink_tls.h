// The sink's side of TLS: its certificate, whose clients it takes, and what went wrong in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

#include "harness/core/suite/sink_spec.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// TLS 1.2 or later. `protocol` is what ALPN agrees upon if the client offers it: "h2" or
/// "http/1.1". No sessions are resumed, so that every connection costs the same and shows its
/// certificate. Null where `tls` asks for none. Usage error if a file cannot be used.
[[nodiscard]] Result<std::unique_ptr<boost::asio::ssl::context>> make_sink_tls(
    const SinkTls& tls, const char* protocol);

/// Why a handshake failed: what was wrong with the peer's certificate, or what the peer said.
[[nodiscard]] std::string handshake_fault(const boost::system::error_code& error, ssl_st* session);

}  // namespace tracetax
