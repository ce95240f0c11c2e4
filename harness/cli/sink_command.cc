// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/sink_command.h"

#include <unistd.h>

#include <csignal>
#include <optional>

#include "harness/cli/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/run/sink/sink_alone.h"
#include "harness/run/sink/sink_control.h"

namespace tracetax {
namespace {

cxxopts::Options declare() {
  cxxopts::Options options(
      "tracetax sink",
      "Receives OTLP traces over HTTP (protobuf or JSON) and gRPC, gzip or not, on\n"
      "127.0.0.1, counts them per second and tells the totals when it is stopped.");
  options.custom_help("[OPTION...]").positional_help("");
  options.parse_positional("rest");
  options.add_options("Sink")  //
      ("http", "port of OTLP/HTTP; 0 takes any free one",
       cxxopts::value<std::string>()->default_value("4318"),
       "PORT")("grpc", "port of OTLP/gRPC; none: without it",
               cxxopts::value<std::string>()->default_value("4317"), "PORT")(
          "memory", "bound on what is kept", cxxopts::value<std::string>()->default_value("512MiB"),
          "SIZE")("control", "answer questions on stdin, as a part of a run")  //
      ("q,quiet", "only the totals")                                           //
      ("h,help", "this text");
  options.add_options("hidden")("rest", "", cxxopts::value<std::vector<std::string>>());
  return options;
}

/// A port, or nothing for "none".
Result<std::optional<int>> parse_grpc_port(const std::string& text) {
  if (text == "none") return std::optional<int>{};
  const auto port = parse_whole(text, 0, 65535);
  if (!port) return failure(ExitCode::usage, port.error().message + ", or none");
  return std::optional{static_cast<int>(*port)};
}

/// Ctrl-C reaches the whole foreground group, but when a run ends is its driver's decision: the
/// sink then sees the end of stdin. SIGTERM, meant for the sink alone, ends it at once.
Status run_controlled(const SinkControlOptions& options) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  return run_sink_control(STDIN_FILENO, STDOUT_FILENO, options);
}

}  // namespace

Result<ExitCode> sink_command(int argc, char** argv) {
  cxxopts::Options declared = declare();
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Sink"}));
    return ExitCode::pass;
  }
  OptionMistakes mistakes;
  const auto port =
      mistakes.take("--http", parse_whole((*parsed)["http"].as<std::string>(), 0, 65535));
  const auto grpc = mistakes.take("--grpc", parse_grpc_port((*parsed)["grpc"].as<std::string>()));
  const auto memory = mistakes.take("--memory", parse_bytes((*parsed)["memory"].as<std::string>()));
  if (parsed->count("rest") != 0) {
    const auto rest = (*parsed)["rest"].as<std::vector<std::string>>();
    mistakes.add("tracetax sink",
                 fmt::format("takes options only; what is {}?", quote(rest.front())));
  }
  if (mistakes.any()) return failure(mistakes.error());

  const bool control = parsed->count("control") != 0;
  const int http = static_cast<int>(port);
  const Status ran =
      control ? run_controlled({.http_port = http, .grpc_port = grpc, .memory_bytes = memory})
              : run_sink_alone({.http_port = http,
                                .grpc_port = grpc,
                                .memory_bytes = memory,
                                .quiet = parsed->count("quiet") != 0});
  if (!ran) return failure(ran.error());
  return ExitCode::pass;
}

}  // namespace tracetax
