// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace ssl = boost::asio::ssl;

namespace {

[[nodiscard]] tl::unexpected<Error> cannot_use(std::string_view what, const std::string& file) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  if (::access(file.c_str(), R_OK) != 0) reason = std::strerror(errno);
  return failure(ExitCode::usage, fmt::format("{} {}: {}; right is a PEM file", what, quote(file),
                                              reason != nullptr ? reason : "cannot be read"));
}

/// OpenSSL's own shape: a length before each name.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned size, void* protocol) {
  const std::string_view wanted = static_cast<const char*>(protocol);
  const std::string_view all(reinterpret_cast<const char*>(offered), size);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t length = static_cast<unsigned char>(all[at]);
    if (all.substr(at + 1, length) == wanted) {
      *out = offered + at + 1;
      *out_size = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1 + length;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

/// "tlsv1 alert unknown ca" -> "unknown ca"; nothing if it is none.
[[nodiscard]] std::string_view alert_of(std::string_view reason) {
  constexpr std::string_view kAlert = " alert ";
  const std::size_t at = reason.find(kAlert);
  return at == std::string_view::npos ? std::string_view{} : reason.substr(at + kAlert.size());
}

}  // namespace

Result<std::unique_ptr<ssl::context>> make_sink_tls(const SinkTls& tls, const char* protocol) {
  if (tls.cert_file.empty()) {
    if (tls.client_ca_file.empty()) return nullptr;
    return failure(ExitCode::usage,
                   "a CA for clients needs TLS: give the sink a certificate and its key as well");
  }
  auto made = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* context = made->native_handle();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context, 0);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, tls.cert_file.c_str()) != 1)
    return cannot_use("certificate", tls.cert_file);
  const bool was_read =
      SSL_CTX_use_PrivateKey_file(context, tls.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  const bool is_mismatch =
      !was_read && ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
  if (!was_read && !is_mismatch) return cannot_use("key", tls.key_file);
  if (is_mismatch || SSL_CTX_check_private_key(context) != 1) {  // the latter: of another kind
    ERR_clear_error();
    return failure(ExitCode::usage, fmt::format("key {} does not belong to the certificate in {}",
                                                quote(tls.key_file), quote(tls.cert_file)));
  }
  if (!tls.client_ca_file.empty()) {
    if (SSL_CTX_load_verify_locations(context, tls.client_ca_file.c_str(), nullptr) != 1)
      return cannot_use("CA of clients", tls.client_ca_file);
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(tls.client_ca_file.c_str()));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, const_cast<char*>(protocol));
  return made;
}

std::string handshake_fault(const boost::system::error_code& error, ssl_st* session) {
  if (const long verdict = SSL_get_verify_result(session); verdict != X509_V_OK)
    return fmt::format("the client's certificate: {}", X509_verify_cert_error_string(verdict));
  if (error == boost::asio::error::eof || error == ssl::error::stream_truncated ||
      error == boost::asio::error::connection_reset)
    return "the client ended it";
  const char* reason = error.category() == boost::asio::error::get_ssl_category()
                           ? ERR_reason_error_string(static_cast<unsigned long>(error.value()))
                           : nullptr;
  if (reason == nullptr) return error.message();
  const std::string_view alert = alert_of(reason);
  return alert.empty() ? reason : fmt::format("the client says {}", alert);
}

}  // namespace tracetax
