// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace tracetax {
namespace {

template <auto Free>
struct FreeBy {
  template <typename T>
  void operator()(T* thing) const noexcept {
    Free(thing);
  }
};
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Instead of OpenSSL's own, which asks at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

Status check_certificates(const std::string& pem) {
  const Bio bio = bio_of(pem);
  int count = 0;
  while (Certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr))) ++count;
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count > 0 && at_end) return {};
  return failure(ExitCode::usage, count == 0 ? "there is no certificate in PEM in it"
                                             : "a certificate in it is damaged");
}

Status check_identity(const std::string& certificates, const std::string& key) {
  const Bio certificate_bio = bio_of(certificates);
  const Bio key_bio = bio_of(key);
  const Certificate certificate(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, no_passphrase, nullptr));
  const Key private_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_passphrase, nullptr));
  const bool fits = certificate && private_key &&
                    X509_check_private_key(certificate.get(), private_key.get()) == 1;
  ERR_clear_error();
  if (fits) return {};
  if (!private_key) {
    return failure(ExitCode::usage, "there is no key in PEM in it (one without a passphrase)");
  }
  return failure(ExitCode::usage, "the key does not belong to the certificate");
}

}  // namespace tracetax
