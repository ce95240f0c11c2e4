// TLS for scripted servers: certificates made on the spot, and the server's side of the handshake
// around any script. For tests only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/load/testing.h"

struct evp_pkey_st;
struct x509_st;

namespace tracetax::testing {

/// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// PEM files.
struct CertificateFiles {
  std::string cert, key;
};

struct CertificateWish {
  std::string names = "IP:127.0.0.1";  // subjectAltName, as OpenSSL writes it
  bool expired = false;
};

/// Signs certificates; every file goes to `folder`, which must outlive it.
class CertificateAuthority {
 public:
  CertificateAuthority(const TemporaryFolder& folder, std::string name);
  [[nodiscard]] std::string file() const { return folder_.file(name_ + ".pem"); }
  /// Files called after `name`.
  [[nodiscard]] CertificateFiles issue(const std::string& name,
                                       const CertificateWish& wish = {}) const;

 private:
  const TemporaryFolder& folder_;
  std::string name_;
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

/// Signed by itself.
[[nodiscard]] CertificateFiles self_signed(const TemporaryFolder& folder, const std::string& name);

/// A key of another kind than all others have; its path.
std::string write_other_key(const TemporaryFolder& folder, const std::string& name);

struct TlsServerOptions {
  CertificateFiles identity;
  std::string protocol;   // that ALPN agrees upon, if the client offers it; empty: no ALPN
  std::string client_ca;  // who must have signed the client's certificate; empty: none is asked for
  bool only_tls12 = false;
};

/// `script`, through TLS. A connection whose handshake fails is closed and never gets to it.
[[nodiscard]] ScriptedServer::Script over_tls(const TlsServerOptions& options,
                                              ScriptedServer::Script script);

}  // namespace tracetax::testing
