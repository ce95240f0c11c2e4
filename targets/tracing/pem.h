// Certificates and keys in PEM, looked at before they are used: what is wrong with a file should be
// told when the program starts, not with every span.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/text/error.h"

namespace tracetax {

/// Error (usage): there is no certificate in it, or one is damaged.
[[nodiscard]] Status check_certificates(const std::string& pem);

/// Error (usage): one of the two cannot be read, or the key is another certificate's. Keys with a
/// passphrase are not supported.
[[nodiscard]] Status check_identity(const std::string& certificates, const std::string& key);

}  // namespace tracetax
