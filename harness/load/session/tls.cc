// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "harness/core/text/quote.h"

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
  return inet_pton(AF_INET, host.c_str(), &scratch) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &scratch) == 1;
}

tl::unexpected<Error> cannot_use(std::string_view what, const std::string& file) {
  return failure(ExitCode::usage,
                 fmt::format("{} {}: {}; right is a PEM file", what, quote(file), last_reason()));
}

// --- a socket that raises no SIGPIPE ---

int write_quietly(BIO* bio, const char* from, int size) {
  int fd = -1;
  BIO_get_fd(bio, &fd);
  errno = 0;
  const ssize_t n = send(fd, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  BIO_clear_retry_flags(bio);
  if (n <= 0 && BIO_sock_should_retry(static_cast<int>(n)) != 0) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

// OpenSSL's own in all but the write: that one ends a program which does not ignore the signal.
const BIO_METHOD* quiet_socket() {
  static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = [] {
    const BIO_METHOD* base = BIO_s_socket();
    std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made{
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR,
                     "quiet socket"),
        &BIO_meth_free};
    if (made == nullptr) return made;
    BIO_meth_set_write(made.get(), write_quietly);
    BIO_meth_set_read(made.get(), BIO_meth_get_read(base));
    BIO_meth_set_ctrl(made.get(), BIO_meth_get_ctrl(base));
    BIO_meth_set_create(made.get(), BIO_meth_get_create(base));
    BIO_meth_set_destroy(made.get(), BIO_meth_get_destroy(base));
    return made;
  }();
  return method.get();
}

// --- files ---

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
  const bool was_read = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
  const bool is_mismatch =
      !was_read && ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
  if (!was_read && !is_mismatch) return cannot_use("key", key);
  if (is_mismatch || SSL_CTX_check_private_key(context) != 1) {  // the latter: of another kind
    ERR_clear_error();
    return failure(ExitCode::usage, fmt::format("key {} does not belong to the certificate in {}",
                                                quote(key), quote(options.cert_file)));
  }
  return {};
}

// What to do about a certificate that was refused.
std::string advice(long problem, ssl_st* session) {
  X509_VERIFY_PARAM* wanted = SSL_get0_param(session);
  switch (problem) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "renew it";
    case X509_V_ERR_HOSTNAME_MISMATCH: {
      const char* name = X509_VERIFY_PARAM_get0_host(wanted, 0);
      return fmt::format("it is not for {}; give a name that it is for (--server-name)",
                         quote(name ? name : ""));
    }
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "it is not for this address; give a name that it is for (--server-name)";
    default:
      return "give the CA that signed it (--ca)";
  }
}

}  // namespace

void FreeTls::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }
void FreeTls::operator()(ssl_st* session) const noexcept { SSL_free(session); }

Result<TlsContext> TlsContext::make(const TlsOptions& options, const std::string& host,
                                    Protocol protocol) {
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
  const BIO_METHOD* method = quiet_socket();
  BIO* bio = session == nullptr || method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_fd(bio, fd, BIO_NOCLOSE);
  SSL_set_bio(session.get(), bio, bio);
  SSL_set_connect_state(session.get());
  if (is_address(server_name_)) {  // addresses have no place in SNI
    if (verifies_)
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), server_name_.c_str());
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
    return fmt::format("the certificate was refused: {}; {}, or --insecure to take any",
                       X509_verify_cert_error_string(verified), advice(verified, session));
  }
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  const std::string words = last_reason();
  if (code == 0 || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return "the server hung up during the TLS handshake; if it does not speak TLS, use http:// or "
           "grpc:// (OTLP: otlp+http:// or otlp://)";
  }
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      return "the server does not speak TLS on this port; use http:// or grpc:// (OTLP: "
             "otlp+http:// "
             "or otlp://)";
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return "the server refused the protocol offered (ALPN)";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return fmt::format(
          "the server refused us: {}; does it want a certificate of ours, or another one (--cert, "
          "--key)?",
          words);
    default:
      return fmt::format("TLS failed: {}", words);
  }
}

}  // namespace tracetax
