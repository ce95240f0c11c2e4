// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/tls_options.h"

#include <filesystem>

namespace tracetax {

std::optional<TlsOptions> read_tls(JsonFields& fields, const std::string& folder) {
  const Json* value = fields.any("tls");
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>() ? std::optional(TlsOptions{}) : std::nullopt;
  JsonFields inner(*value, fields.pointer_to("tls"), fields.mistakes());
  const auto file = [&](std::string_view key) {
    const auto path = inner.text(key);
    return path ? (std::filesystem::path(folder) / *path).string() : std::string{};
  };
  TlsOptions options;
  options.ca_file = file("ca");
  options.cert_file = file("cert");
  options.key_file = file("key");
  options.server_name = inner.text("server_name").value_or("");
  options.insecure = inner.boolean("insecure").value_or(false);
  inner.finish();
  return options;
}

}  // namespace tracetax
