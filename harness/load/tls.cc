// SPDX-License-Identifier: Apache-2.0
#include "harness/load/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

#include "harness/core/quote.h"

namespace tracetax {
namespace {

std::string last_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown error";
}

bool is_address(const std::string& host) {
  in6_addr scratch;
  return inet_pton(AF_INET, host.c_str(), &scratch) == 1 || inet_pton(AF_INET6, host.c_str(), &scratch) == 1;
}

tl::unexpected<Error> cannot_use(std::string_view what, const std::string& file) {
  return failure(ExitCode::usage, fmt::format("{} {}: {}; right is a PEM file", what, quote(file), last_reason()));
}

Status trust(ssl_ctx_st* context, const TlsOptions& options) {
  SSL_CTX_set_verify(context, options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (options.insecure) return {};
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  if (SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    return cannot_use("ca", options.ca_file);
  }
  return {};
}

Status identify(ssl_ctx_st* context, const TlsOptions& options) {
  if (options.cert_file.empty()) {
    if (options.key_file.empty()) return {};
    return failure(ExitCode::usage, "a key without its certificate: give cert as well");
  }
  if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) != 1) {
    return cannot_use("cert", options.cert_file);
  }
  const std::string& key = options.key_file.empty() ? options.cert_file : options.key_file;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) return cannot_use("key", key);
  return {};
}

}  // namespace

void FreeTls::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }
void FreeTls::operator()(ssl_st* session) const noexcept { SSL_free(session); }

Result<TlsContext> TlsContext::make(const TlsOptions& options, const std::string& host, Protocol protocol) {
  ERR_clear_error();
  TlsContext made;
  made.context_.reset(SSL_CTX_new(TLS_client_method()));
  ssl_ctx_st* context = made.context_.get();
  if (context == nullptr) return failure(ExitCode::internal, fmt::format("TLS: {}", last_reason()));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A stream of ours may move while a write of it is refused; see Transport::write().
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Every connection pays for a whole handshake, so that arms and runs are alike.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (auto done = trust(context, options); !done) return failure(done.error());
  if (auto done = identify(context, options); !done) return failure(done.error());
  const std::string_view wanted = protocol == Protocol::http1 ? "\x08http/1.1" : "\x02h2";
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(wanted.data()),
                          static_cast<unsigned>(wanted.size()));
  made.server_name_ = options.server_name.empty() ? host : options.server_name;
  made.verifies_ = !options.insecure;
  return made;
}

TlsSession TlsContext::new_session(int fd) const {
  TlsSession session{SSL_new(context_.get())};
  if (session == nullptr || SSL_set_fd(session.get(), fd) != 1) return nullptr;
  SSL_set_connect_state(session.get());
  if (is_address(server_name_)) {  // addresses have no place in SNI
    if (verifies_) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), server_name_.c_str());
  } else {
    // What the macro SSL_set_tlsext_host_name does, without its cast.
    SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(server_name_.c_str()));
    if (verifies_) SSL_set1_host(session.get(), server_name_.c_str());
  }
  return session;
}

std::string tls_error(ssl_st* session) {
  const long verified = SSL_get_verify_result(session);
  const unsigned long code = ERR_peek_error();
  if (verified != X509_V_OK && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    ERR_clear_error();
    return fmt::format("the certificate was refused: {}; give the CA that signed it (--ca), or --insecure to take any",
                       X509_verify_cert_error_string(verified));
  }
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  const std::string words = last_reason();
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      return "the server does not speak TLS on this port; use http:// or grpc://";
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return "the server refused the protocol offered (ALPN)";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return fmt::format("the server refused us: {}; does it want a certificate (--cert, --key)?", words);
    default:
      return fmt::format("the TLS handshake failed: {}", code != 0 ? words : "the server hung up");
  }
}

}  // namespace tracetax
