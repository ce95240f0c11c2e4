// The options that describe a service and how it is asked: of measure, doctor and init.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/request/context_format.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

struct ServiceOptions {
  std::vector<std::string> command;  // after "--"; empty: none was given
  // Two builds of one service, and a command that runs it without tracing; empty: not given.
  std::vector<std::string> before, after, off;
  std::string name;
  std::string method = "GET", path = "/";
  std::string data;  // body, or the message of a gRPC call
  std::vector<std::pair<std::string, std::string>> headers;
  std::string grpc;   // "pkg.Service/Method"; empty: HTTP
  std::string proto;  // file; empty: reflection
  ContextFormats context{ContextFormat::w3c};
  std::string rate;  // empty: what every arm can bear
  std::vector<std::string> arms{"off", "off2", "on@10%", "on@100%"};
  std::vector<std::pair<std::string, std::string>> env;
  std::string ready;  // a path that must answer 2xx; empty: the port accepts connections
  std::string otlp;
  std::optional<int> spans;  // per request

  [[nodiscard]] bool names_service() const { return !command.empty() || !before.empty(); }
};

/// A command line cut at its first "--": what stands before it, and the command behind.
struct CutCommandLine {
  std::vector<const char*> before;
  std::vector<std::string> command;
};
[[nodiscard]] CutCommandLine cut_at_dashes(int argc, char** argv);

[[nodiscard]] std::vector<OptionSpec> service_option_specs();

/// Notes what does not go together.
void read_service_options(OptionReader& reader, ServiceOptions& options);

}  // namespace tracetax
