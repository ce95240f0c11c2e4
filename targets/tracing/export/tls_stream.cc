// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/tls_stream.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

namespace tracetax {

namespace asio = boost::asio;
using boost::system::error_code;

asio::ssl::context make_tls_context(const OtlpOptions& options) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(asio::ssl::verify_peer);
  error_code ignored;  // read_otlp_options has looked at all of them
  if (options.root_certificates.empty()) {
    context.set_default_verify_paths(ignored);
  } else {
    context.add_certificate_authority(asio::buffer(options.root_certificates), ignored);
  }
  if (!options.client_certificate.empty()) {
    context.use_certificate_chain(asio::buffer(options.client_certificate), ignored);
    context.use_private_key(asio::buffer(options.client_key), asio::ssl::context::pem, ignored);
  }
  return context;
}

std::unique_ptr<TlsStream> make_tls_stream(asio::ip::tcp::socket& socket,
                                           asio::ssl::context& context, const std::string& host) {
  auto stream = std::make_unique<TlsStream>(socket, context);
  SSL* session = stream->native_handle();
  error_code error;
  asio::ip::make_address(host, error);
  if (!error) {  // addresses have no place in SNI
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str());
    return stream;
  }
  // What the macro SSL_set_tlsext_host_name does, without its cast.
  SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
  SSL_set1_host(session, host.c_str());
  return stream;
}

HttpProblem tls_problem(const error_code& error, TlsStream& stream) {
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    const long verified = SSL_get_verify_result(stream.native_handle());
    return {fmt::format("the receiver's certificate is not accepted: {} "
                        "(OTEL_EXPORTER_OTLP_CERTIFICATE names the CAs to trust)",
                        X509_verify_cert_error_string(verified)),
            "tls"};
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST) {
    return {"the receiver does not speak TLS on this port; use http://", "tls"};
  }
  if (reason >= SSL_AD_REASON_OFFSET) {  // an alert of the other side
    return {
        fmt::format("the receiver refused us: {}; does it want a client certificate, or another "
                    "one (OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and CLIENT_KEY)?",
                    error.message()),
        "tls"};
  }
  return {fmt::format("TLS failed: {}", error.message()), "tls"};
}

}  // namespace tracetax
