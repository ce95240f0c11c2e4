// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_channel.h"

#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/channel_arguments.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/load/session/error_tally.h"

namespace tracetax {
namespace {

using grpc::StatusCode;

constexpr std::size_t kPemMax = 1 << 20;
constexpr int kLookMillis = 500;

/// gRPC's own account of failed connections is reported in better words; that it is about to abort
/// is not.
void log_assertions(gpr_log_func_args* entry) {
  if (std::string_view(entry->message).starts_with("assertion failed")) {
    std::fprintf(stderr, "%s:%d: %s\n", entry->file, entry->line, entry->message);
  }
}

Status read_pem(const std::string& path, std::string& text) {
  if (path.empty()) return {};
  auto read = read_file(path, kPemMax);
  if (!read) return failure(read.error());
  text = std::move(*read);
  return {};
}

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials_of(
    const std::optional<TlsOptions>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions pem;
  const std::string& key_file = tls->key_file.empty() ? tls->cert_file : tls->key_file;
  if (const auto done = read_pem(tls->ca_file, pem.pem_root_certs); !done)
    return failure(done.error());
  if (const auto done = read_pem(tls->cert_file, pem.pem_cert_chain); !done)
    return failure(done.error());
  if (const auto done = read_pem(key_file, pem.pem_private_key); !done)
    return failure(done.error());
  if (!tls->insecure) return grpc::SslCredentials(pem);
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  if (!pem.pem_cert_chain.empty()) {
    options.set_certificate_provider(
        std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
            std::vector<grpc::experimental::IdentityKeyCertPair>{
                {pem.pem_private_key, pem.pem_cert_chain}}));
    options.watch_identity_key_cert_pairs();
  }
  return grpc::experimental::TlsCredentials(options);
}

/// A socket of our own to whatever listens there.
class ServerLook {
 public:
  explicit ServerLook(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found) !=
        0)
      return;
    fd_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ >= 0 && connect(fd_, found->ai_addr, found->ai_addrlen) != 0 && errno != EINPROGRESS)
      drop();
    freeaddrinfo(found);
  }
  ~ServerLook() { drop(); }
  ServerLook(const ServerLook&) = delete;
  ServerLook& operator=(const ServerLook&) = delete;

  /// What it says to the opening of an HTTP/2 connection: its first bytes, none at all if it
  /// closes, nothing if it is not there or does neither in time.
  std::optional<std::string> first_bytes() {
    // RFC 9113, 3.4: the preface, then a SETTINGS frame, which may be empty.
    static constexpr std::string_view kOpening("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
                                               33);
    if (fd_ < 0 || !wait(POLLOUT)) return std::nullopt;
    if (send(fd_, kOpening.data(), kOpening.size(), MSG_NOSIGNAL) < 0 || !wait(POLLIN))
      return std::nullopt;
    std::array<char, 16> bytes{};
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    return std::string(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }

 private:
  bool wait(short event) const {
    pollfd waited{fd_, event, 0};
    return poll(&waited, 1, kLookMillis / 2) == 1;
  }
  void drop() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  int fd_ = -1;
};

/// Empty if it is HTTP/2 or nobody knows what.
std::string_view what_is_there(const Endpoint& endpoint) {
  const auto answer = ServerLook(endpoint).first_bytes();
  if (!answer) return "";
  const std::string& bytes = *answer;
  if (bytes.empty())
    return "it closes plain connections at once, as servers do that want TLS; try grpcs:// or "
           "\"tls\": true";
  if (bytes.starts_with("HTTP/1."))
    return "it speaks HTTP/1.1 there and no HTTP/2, so no gRPC; is this the right port?";
  // The record types alert and handshake, then the major version.
  if (bytes.size() > 1 && (bytes[0] == '\x15' || bytes[0] == '\x16') && bytes[1] == '\x03') {
    return "it speaks TLS there, and a plain connection was asked for; write grpcs:// or \"tls\": "
           "true";
  }
  return "";
}

/// What gRPC says of a failed handshake comes from OpenSSL; these are its reasons.
std::string_view explain_tls(std::string_view message) {
  struct Reason {
    std::string_view said, means;
  };
  static constexpr std::array kReasons{
      Reason{"wrong version number",
             "it speaks no TLS there; for a plain connection write grpc:// or leave \"tls\" out"},
      Reason{"certificate verify failed",
             "its certificate is not trusted: it has expired, or was signed by somebody unknown; "
             "give the CA's file "
             "(ca), or take any (insecure)"},
      Reason{"not in peer certificate",
             "its certificate is for another name; give the name that it has (server_name), or "
             "take any (insecure)"},
      Reason{"missing selected ALPN",
             "it speaks TLS there, but no HTTP/2 over it, so no gRPC; is this the right port?"},
      Reason{"certificate required", "it wants a certificate of ours; give cert and key"},
  };
  for (const auto& [said, means] : kReasons) {
    if (message.find(said) != message.npos) return means;
  }
  return "";
}

}  // namespace

std::string grpc_address(const Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.find(':') != endpoint.host.npos;
  return is_ipv6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                 : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

Result<std::shared_ptr<grpc::Channel>> connect_grpc(const Endpoint& endpoint,
                                                    const std::optional<TlsOptions>& tls) {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function(log_assertions);
  auto credentials = credentials_of(tls);
  if (!credentials) return failure(credentials.error());
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kGrpcAnswerMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // the load goes to the target itself, too
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // no connection of an earlier question
  if (tls && !tls->server_name.empty()) arguments.SetSslTargetNameOverride(tls->server_name);
  return grpc::CreateCustomChannel("dns:///" + grpc_address(endpoint), *credentials, arguments);
}

std::string explain_grpc_failure(const grpc::Status& status, const Endpoint& endpoint,
                                 bool is_secure, Nanos timeout) {
  const std::string message = status.error_message();
  const bool is_unreached = status.error_code() == StatusCode::UNAVAILABLE ||
                            status.error_code() == StatusCode::DEADLINE_EXCEEDED;
  if (message.find("Connection refused") != message.npos)
    return "nobody listens there (connection refused)";
  if (is_unreached) {
    const std::string_view reason = is_secure ? explain_tls(message) : what_is_there(endpoint);
    if (!reason.empty()) return std::string(reason);
  }
  if (status.error_code() == StatusCode::DEADLINE_EXCEEDED)
    return "no answer within " + format_duration(timeout);
  return fmt::format("{}: {}", grpc_code_name(static_cast<std::uint32_t>(status.error_code())),
                     printable(message, 300));
}

}  // namespace tracetax
