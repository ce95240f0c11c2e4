// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/otlp_config.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <tuple>
#include <utility>

#include "harness/core/text/text_file.h"
#include "harness/core/text/url_parts.h"
#include "targets/tracing/pem.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<std::string_view, ExportProtocol>, 3> kProtocols{{
    {"http/protobuf", ExportProtocol::http_protobuf},
    {"http/json", ExportProtocol::http_json},
    {"grpc", ExportProtocol::grpc},
}};

/// The name of the per-signal variable if it is set, else of the generic one.
std::string otlp_name(const EnvReader& env, std::string_view suffix) {
  std::string name = fmt::format("OTEL_EXPORTER_OTLP_TRACES_{}", suffix);
  if (env.text(name)) return name;
  return fmt::format("OTEL_EXPORTER_OTLP_{}", suffix);
}

Status read_protocol(const EnvReader& env, OtlpOptions& otlp) {
  const std::string name = otlp_name(env, "PROTOCOL");
  const std::string protocol = env.text_or(name, "http/protobuf");
  const auto found = std::ranges::find(kProtocols, protocol, [](const auto& p) { return p.first; });
  if (found == kProtocols.end()) {
    return failure(ExitCode::usage, fmt::format("{}: protocol '{}' is not supported; use "
                                                "http/protobuf, http/json or grpc",
                                                name, protocol));
  }
  otlp.protocol = found->second;
  if (otlp.protocol == ExportProtocol::grpc) otlp.endpoint = {"localhost", 4317, "", false};
  return {};
}

// OpenTelemetry has INSECURE for gRPC endpoints without a scheme only. (Go's exporter lets it win
// over the scheme as well.)
Status read_endpoint(EnvReader& env, OtlpOptions& otlp) {
  const std::string name = otlp_name(env, "ENDPOINT");
  const std::string insecure_name = otlp_name(env, "INSECURE");
  const bool insecure = env.flag(insecure_name);
  const bool grpc = otlp.protocol == ExportProtocol::grpc;
  auto url = env.text(name);
  const bool has_scheme = !url || url->find("://") != std::string::npos;
  if (grpc && url && !has_scheme) url = fmt::format("{}://{}", insecure ? "http" : "https", *url);
  if (url) {
    auto endpoint = parse_endpoint(*url, otlp.protocol);
    if (!endpoint) return failure(endpoint.error().within(name));
    otlp.endpoint = std::move(*endpoint);
  }
  if (has_scheme && env.text(insecure_name) && insecure == otlp.endpoint.tls) {
    env.warn(fmt::format("{}: says something of grpc endpoints without a scheme only; {} stays {}",
                         insecure_name, url.value_or("the default"),
                         otlp.endpoint.tls ? "with TLS" : "without TLS"));
  }
  // The generic endpoint is a base for all signals; the per-signal one is used as it is.
  if (!grpc && url && name == "OTEL_EXPORTER_OTLP_ENDPOINT") {
    if (!otlp.endpoint.path.ends_with('/')) otlp.endpoint.path += '/';
    otlp.endpoint.path += "v1/traces";
  }
  return {};
}

bool is_http_header(const std::pair<std::string, std::string>& header) {
  const auto in_name = [](char c) { return c > ' ' && c < 0x7f && c != ':'; };
  const auto in_value = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; };
  return std::ranges::all_of(header.first, in_name) && std::ranges::all_of(header.second, in_value);
}

// gRPC's own rules; grpc++ ends the program when metadata breaks them.
bool is_grpc_metadata(const std::pair<std::string, std::string>& header) {
  const auto in_name = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_' || c == '.';
  };
  const auto in_value = [](char c) { return c >= ' ' && c <= '~'; };
  const auto& [name, value] = header;
  return std::ranges::all_of(name, in_name) && !name.starts_with("grpc-") &&
         (name.ends_with("-bin") || std::ranges::all_of(value, in_value));
}

void read_headers(EnvReader& env, OtlpOptions& otlp) {
  const std::string name = otlp_name(env, "HEADERS");
  otlp.headers = env.key_values(name);
  const bool grpc = otlp.protocol == ExportProtocol::grpc;
  if (grpc) {
    for (auto& header : otlp.headers) {
      std::ranges::transform(header.first, header.first.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    }
  }
  // A line break would end the header and start something else.
  if (!std::ranges::all_of(otlp.headers, grpc ? is_grpc_metadata : is_http_header)) {
    env.warn(fmt::format("{}: a name or value cannot be in {}; the whole list is ignored", name,
                         grpc ? "gRPC metadata" : "an HTTP header"));
    otlp.headers.clear();
  }
}

/// The text of the file that the variable names, empty when it is not set.
Result<std::string> read_named_file(const EnvReader& env, const std::string& name) {
  constexpr std::size_t kMost = 16 * 1024 * 1024;
  const auto path = env.text(name);
  if (!path) return std::string{};
  auto text = read_file(*path, kMost);
  if (!text) return failure(text.error().within(name));
  return text;
}

Status read_certificates(EnvReader& env, OtlpOptions& otlp) {
  const std::string names[] = {otlp_name(env, "CERTIFICATE"), otlp_name(env, "CLIENT_CERTIFICATE"),
                               otlp_name(env, "CLIENT_KEY")};
  const auto& [root, certificate, key] = names;
  if (!otlp.endpoint.tls) {
    for (const std::string& name : names) {
      if (env.text(name)) {
        env.warn(fmt::format("{}: not used, {} is without TLS", name, url_of(otlp)));
      }
    }
    return {};
  }
  const bool has_certificate = env.text(certificate).has_value();
  if (has_certificate != env.text(key).has_value()) {
    const auto& [given, missing] =
        has_certificate ? std::tie(certificate, key) : std::tie(key, certificate);
    return failure(ExitCode::usage, fmt::format("{}: is of no use without {}", given, missing));
  }
  std::string* const places[] = {&otlp.root_certificates, &otlp.client_certificate,
                                 &otlp.client_key};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    auto text = read_named_file(env, names[i]);
    if (!text) return failure(text.error());
    *places[i] = std::move(*text);
  }
  const auto check = [](const Status& status, const std::string& name) -> Status {
    if (!status) return failure(status.error().within(name));
    return {};
  };
  if (env.text(root)) {
    if (auto ok = check(check_certificates(otlp.root_certificates), root); !ok) return ok;
  }
  if (!has_certificate) return {};
  if (auto ok = check(check_certificates(otlp.client_certificate), certificate); !ok) return ok;
  return check(check_identity(otlp.client_certificate, otlp.client_key), key);
}

// Go's exporter takes whatever is not gzip for none, without a word. That would measure another
// path than the one that was asked for.
Status read_compression(const EnvReader& env, OtlpOptions& otlp) {
  const std::string name = otlp_name(env, "COMPRESSION");
  const std::string compression = env.text_or(name, "none");
  otlp.gzip = compression == "gzip";
  if (otlp.gzip || compression == "none") return {};
  return failure(ExitCode::usage, fmt::format("{}: compression '{}' is not supported, as Go's "
                                              "exporter has none; use gzip or none",
                                              name, compression));
}

}  // namespace

Result<OtlpEndpoint> parse_endpoint(std::string_view url, ExportProtocol protocol) {
  const bool grpc = protocol == ExportProtocol::grpc;
  const auto bad = [&](std::string_view why) {
    return failure(ExitCode::usage, fmt::format("'{}': {}; write it as http://127.0.0.1:{}",
                                                without_userinfo(url), why, grpc ? 4317 : 4318));
  };
  OtlpEndpoint endpoint;
  endpoint.tls = url.starts_with("https://");
  if (!endpoint.tls && !url.starts_with("http://")) {
    return bad("it must start with http:// or https://");
  }
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c == 0x7f; })) {
    return bad("it has a space or a control character inside");
  }
  const UrlParts parts = split_url(url);
  endpoint.path = parts.path.starts_with('/') ? parts.path : fmt::format("/{}", parts.path);
  if (grpc && endpoint.path != "/") return bad("OTLP over gRPC takes no path");
  if (parts.host.starts_with('[')) return bad("the bracket of the IPv6 address is not closed");
  if (parts.host.empty()) return bad("it names no host");
  if (parts.host.find('@') != std::string_view::npos) return bad("a user name is not supported");
  endpoint.host = parts.host;
  endpoint.port = endpoint.tls ? 443 : 80;
  if (parts.after_host.empty()) return endpoint;
  if (parts.after_host[0] != ':') return bad("there is something after the host that is no port");
  const auto port = parse_port(parts.after_host.substr(1));
  if (!port) return bad("the port is not a number from 1 to 65535");
  endpoint.port = *port;
  return endpoint;
}

std::string authority_of(const OtlpEndpoint& endpoint) {
  return authority_text(endpoint.host, endpoint.port);
}

std::string url_of(const OtlpOptions& options) {
  return fmt::format("{}://{}{}", options.endpoint.tls ? "https" : "http",
                     authority_of(options.endpoint),
                     options.protocol == ExportProtocol::grpc ? "" : options.endpoint.path);
}

Result<OtlpOptions> read_otlp_options(EnvReader& env) {
  OtlpOptions otlp;
  if (auto status = read_protocol(env, otlp); !status) return failure(status.error());
  if (auto status = read_endpoint(env, otlp); !status) return failure(status.error());
  read_headers(env, otlp);
  if (auto status = read_certificates(env, otlp); !status) return failure(status.error());
  otlp.timeout = env.milliseconds(otlp_name(env, "TIMEOUT"), otlp.timeout);
  if (auto status = read_compression(env, otlp); !status) return failure(status.error());
  otlp.keepalive = std::chrono::milliseconds(env.number("TRACETAX_KEEPALIVE", 0, 0, 3'600'000));
  return otlp;
}

}  // namespace tracetax
