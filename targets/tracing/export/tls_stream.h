// The client's side of TLS for http_client.cc: a context from PEM texts, a stream on a connected
// socket, and why it failed, in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <memory>
#include <string>

#include "targets/tracing/export/http_client.h"
#include "targets/tracing/otlp_config.h"

namespace tracetax {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

/// TLS 1.2 and 1.3; certificates and names are verified.
[[nodiscard]] boost::asio::ssl::context make_tls_context(const OtlpOptions& options);

/// Not shaken hands yet.
[[nodiscard]] std::unique_ptr<TlsStream> make_tls_stream(boost::asio::ip::tcp::socket& socket,
                                                         boost::asio::ssl::context& context,
                                                         const std::string& host);

/// For errors of OpenSSL's category.
[[nodiscard]] HttpProblem tls_problem(const boost::system::error_code& error, TlsStream& stream);

}  // namespace tracetax
