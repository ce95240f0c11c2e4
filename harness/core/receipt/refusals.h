// Why a sink turned a request or a connection away, in a few words that a receipt can carry.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tracetax {

// What reasons begin with; more may follow.
inline constexpr std::string_view kUnknownEncoding = "unknown encoding ";
inline constexpr std::string_view kContentType = "content type ";
inline constexpr std::string_view kHeader = "header ";  // NAME missing, or NAME wrong
inline constexpr std::string_view kTooLarge = "too large";
inline constexpr std::string_view kBrokenRequest = "broken request";
inline constexpr std::string_view kConnectionLimit = "connection limit";
inline constexpr std::string_view kTlsHandshake = "TLS handshake: ";
inline constexpr std::string_view kTlsOnPlainPort = "TLS on a plain port";
inline constexpr std::string_view kPlainOnTlsPort = "no TLS on a TLS port";
inline constexpr std::string_view kGrpcOnHttpPort = "gRPC on the HTTP port";
inline constexpr std::string_view kHttpOnGrpcPort = "HTTP/1.1 on the gRPC port";
inline constexpr std::string_view kFault = "fault: ";  // the sink was told to fail
inline constexpr std::string_view kOtherSignal = "other signal: ";
inline constexpr std::string_view kPath = "path ";
inline constexpr std::string_view kMethod = "method ";
inline constexpr std::string_view kNotHttp = "not HTTP";

struct RefusalKind {
  std::string_view begins;  // its reasons
  /// Spans may have been in it, so a receipt with it does not close. What was never meant as traces
  /// (a stray GET) is only shown, and so is what the sink was told to refuse.
  bool voids;
  std::string_view remedy;  // empty: none is needed
};
/// Of a reason that nobody knows: it voids, and has no remedy.
[[nodiscard]] const RefusalKind& refusal_kind(std::string_view reason);

/// How often each reason came. Bounded, although peers choose some of the words: after 32 reasons
/// new ones count as "other reasons", and each keeps 80 bytes.
class RefusalCounts {
 public:
  void add(std::string_view reason);
  [[nodiscard]] const std::map<std::string, std::uint64_t>& by_reason() const { return counts_; }
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t total_ = 0;
};

/// "3 x unknown encoding br, 1 x path /x", at most six of them; empty if there is none.
[[nodiscard]] std::string refusals_text(const std::map<std::string, std::uint64_t>& refusals);
/// The remedies of these refusals, each once.
[[nodiscard]] std::string refusal_remedies(const std::map<std::string, std::uint64_t>& refusals);
/// Some of them void.
[[nodiscard]] bool refusals_void(const std::map<std::string, std::uint64_t>& refusals);

}  // namespace tracetax
