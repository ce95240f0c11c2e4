// The scenario "grpc": what a suite may say about its calls, and the calls as encoded messages.
//
//   { "kind": "grpc", "method": "pkg.Service/Method",
//     "proto": "api.proto" or [...], "import_paths": [...],
//       or "descriptor_set": "api.pb", or nothing: then the server's reflection is asked
//     "data": one message as JSON, or an array of them, or "data_file": "messages.json",
//     "messages": 100, "turns": true, "metadata": {"x-key": "value"}, "deadline": "1s",
//     "traceparent_as": "rpc-transit-traceparent",
//     "expect": {"status": "OK"}, "tls": true or {...} }
//
// All files are taken from the suite file's folder. The context is sent as traceparent_as, for
// servers that look elsewhere: Kitex' look there. A prefix goes for the other formats too.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"
#include "scenarios/grpc/grpc_schema.h"

namespace tracetax {

/// Plain values, checked one by one; whether they fit together is seen against the schema.
struct GrpcOptions {
  std::vector<std::string> protos;  // none, and no descriptor set: reflection
  std::vector<std::string> import_paths;
  std::string descriptor_set;                   // empty: none
  std::string method;                           // as GrpcSchema::find_method takes it
  Json data = Json::object();                   // one message, or an array of them
  std::optional<std::size_t> messages;          // sent in one call; only where the client streams
  bool turns = false;                           // bidi: the next message when the last was answered
  std::map<std::string, std::string> metadata;  // names in lower case
  std::string traceparent_as = "traceparent";   // in lower case
  std::optional<Nanos> deadline;
  int expected_status = 0;  // grpc-status; 0 is OK
  std::optional<TlsOptions> tls;
};

/// Reads a scenario's part of a suite. Every mistake is reported, as "scenarios.NAME.key: ...".
[[nodiscard]] Result<GrpcOptions> read_grpc_options(const ScenarioSpec& spec);

/// One message, or an array of them, as a person writes them: JSON with comments allowed, nested at
/// most 64 deep. `name` opens the errors ("--data", or the name of a file).
[[nodiscard]] Result<Json> parse_grpc_data(std::string_view text, const std::string& name);

/// Metadata as the wire wants it: names in lower case. Usage error for what HTTP/2 or gRPC does not
/// allow and for names that are not the caller's to set.
[[nodiscard]] Result<std::map<std::string, std::string>> check_grpc_metadata(
    const std::map<std::string, std::string>& metadata);

/// 0 for "OK", 5 for "NOT_FOUND" or "5".
[[nodiscard]] Result<int> parse_grpc_status(std::string_view text);

/// Calls that are ready to be framed and sent.
struct GrpcCall {
  std::string path;  // "/pkg.Service/Method"
  GrpcKind kind = GrpcKind::unary;
  /// Encoded, without a prefix. Where the client streams, one call sends them all; else each call
  /// sends one of them, in turn. Never empty.
  std::vector<std::string> messages;
  std::map<std::string, std::string> metadata;
  std::optional<Nanos> deadline;
  int expected_status = 0;
};

/// The schema that the options name; reflection asks `endpoint`, for at most 10 s.
[[nodiscard]] Result<GrpcSchema> load_grpc_schema(const GrpcOptions& options,
                                                  const Endpoint& endpoint);

/// Looks up the method and encodes the messages. Mistakes are named "method: ..." and
/// "data.user.tags[2]: ...".
[[nodiscard]] Result<GrpcCall> make_grpc_call(const GrpcOptions& options, const GrpcSchema& schema);

}  // namespace tracetax
