// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/tls_testing.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdlib.h>

#include <atomic>
#include <climits>
#include <cstdio>
#include <stdexcept>

namespace tracetax::testing {
namespace {

constexpr long kDay = 24 * 60 * 60;

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(fmt::format("test certificates: {}", what));
}

using Key = std::shared_ptr<evp_pkey_st>;
using Certificate = std::shared_ptr<x509_st>;

Key make_key() {
  Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free};
  must(key != nullptr, "no key");
  return key;
}

void extend(x509_st* certificate, x509_st* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, value.c_str());
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself if there is none.
Certificate make_certificate(const std::string& name, evp_pkey_st* key, x509_st* issuer,
                             evp_pkey_st* issuer_key, const CertificateWish* wish) {
  static std::atomic<long> serial{1};
  Certificate made{X509_new(), &X509_free};
  x509_st* certificate = made.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  const bool expired = wish != nullptr && wish->expired;
  X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), expired ? -kDay : kDay);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer));
  X509_set_pubkey(certificate, key);
  x509_st* signer = issuer == nullptr ? certificate : issuer;
  if (wish == nullptr) extend(certificate, signer, NID_basic_constraints, "critical,CA:TRUE");
  if (wish != nullptr) extend(certificate, signer, NID_subject_alt_name, wish->names);
  must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "not signed");
  return made;
}

template <class Write>
std::string write_pem(const std::string& path, const Write& write) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  must(file != nullptr && write(file) == 1, path.c_str());
  std::fclose(file);
  return path;
}

std::string write_certificate(const std::string& path, x509_st* certificate) {
  return write_pem(path, [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
}

std::string write_key(const std::string& path, evp_pkey_st* key) {
  return write_pem(path, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

class TlsChannel final : public Channel {
 public:
  explicit TlsChannel(ssl_st* session) : session_(session, &SSL_free) {}
  ssize_t read(char* to, std::size_t size) override {
    ERR_clear_error();
    return SSL_read(session_.get(), to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  }
  ssize_t write(const char* from, std::size_t size) override {
    ERR_clear_error();
    return SSL_write(session_.get(), from, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  }

 private:
  std::unique_ptr<ssl_st, decltype(&SSL_free)> session_;
};

struct ServerSide {
  explicit ServerSide(const TlsServerOptions& options)
      : context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free), protocol(options.protocol) {
    ssl_ctx_st* c = context.get();
    must(SSL_CTX_use_certificate_chain_file(c, options.identity.cert.c_str()) == 1,
         "server's certificate");
    must(SSL_CTX_use_PrivateKey_file(c, options.identity.key.c_str(), SSL_FILETYPE_PEM) == 1,
         "server's key");
    if (options.only_tls12) SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION);
    if (!protocol.empty()) SSL_CTX_set_alpn_select_cb(c, &ServerSide::choose, this);
    if (options.client_ca.empty()) return;
    must(SSL_CTX_load_verify_locations(c, options.client_ca.c_str(), nullptr) == 1, "client's CA");
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  ServerSide(const ServerSide&) = delete;
  ServerSide& operator=(const ServerSide&) = delete;

  static int choose(ssl_st*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* self) {
    const std::string& wanted = static_cast<ServerSide*>(self)->protocol;
    const std::string_view offers{reinterpret_cast<const char*>(offered), offered_size};
    const std::size_t at = offers.find(static_cast<char>(wanted.size()) + wanted);
    if (at == std::string_view::npos) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = offered + at + 1;
    *size = static_cast<unsigned char>(wanted.size());
    return SSL_TLSEXT_ERR_OK;
  }

  std::unique_ptr<ssl_ctx_st, decltype(&SSL_CTX_free)> context;
  std::string protocol;
};

// OpenSSL's sockets raise it. Only in the servers' threads: what the engine does must show.
void block_sigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "tracetax-tls-XXXXXX").string();
  must(mkdtemp(name.data()) != nullptr, "no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

CertificateAuthority::CertificateAuthority(const TemporaryFolder& folder, std::string name)
    : folder_(folder), name_(std::move(name)), key_(make_key()) {
  certificate_ = make_certificate(name_, key_.get(), nullptr, key_.get(), nullptr);
  write_certificate(file(), certificate_.get());
}

CertificateFiles CertificateAuthority::issue(const std::string& name,
                                             const CertificateWish& wish) const {
  const Key key = make_key();
  const Certificate made = make_certificate(name, key.get(), certificate_.get(), key_.get(), &wish);
  return {write_certificate(folder_.file(name + ".pem"), made.get()),
          write_key(folder_.file(name + ".key"), key.get())};
}

CertificateFiles self_signed(const TemporaryFolder& folder, const std::string& name) {
  const Key key = make_key();
  const CertificateWish wish;
  const Certificate made = make_certificate(name, key.get(), nullptr, key.get(), &wish);
  return {write_certificate(folder.file(name + ".pem"), made.get()),
          write_key(folder.file(name + ".key"), key.get())};
}

std::string write_other_key(const TemporaryFolder& folder, const std::string& name) {
  const Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
  must(key != nullptr, "no key");
  return write_key(folder.file(name), key.get());
}

ScriptedServer::Script over_tls(const TlsServerOptions& options, ScriptedServer::Script script) {
  const auto server = std::make_shared<ServerSide>(options);
  return [server, script = std::move(script)](Peer& peer) {
    block_sigpipe();
    ssl_st* session = SSL_new(server->context.get());
    auto channel = std::make_unique<TlsChannel>(session);
    SSL_set_fd(session, peer.fd());
    ERR_clear_error();
    if (SSL_accept(session) != 1) return;
    peer.speak_through(std::move(channel));
    script(peer);
  };
}

}  // namespace tracetax::testing
