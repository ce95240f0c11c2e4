// SPDX-License-Identifier: Apache-2.0
#include "targets/options.h"

#include <charconv>
#include <cxxopts.hpp>
#include <system_error>
#include <vector>

#include "targets/service/framework.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {
namespace {

cxxopts::Options make_parser() {
  cxxopts::Options parser(
      "tracetax-target",
      "An emulated HTTP or gRPC service that traces as a real framework's instrumentation does. "
      "Tracing is\n"
      "set up by OTEL_* variables and TRACETAX_STATE=absent|noop|drop|record|export. Prints\n"
      "{\"ready\":true,\"port\":N} once it listens; SIGTERM flushes, prints the span counts as "
      "the\n"
      "last line, and ends with 0.\n");
  parser.custom_help("[OPTION...]");
  parser.positional_help("NAME");
  const auto text = [](const char* fallback) {
    return cxxopts::value<std::string>()->default_value(fallback);
  };
  parser.add_options()("port", "TCP port; 0 picks a free one", text("8080"), "N")(
      "host", "numeric address to listen on", text("127.0.0.1"), "ADDRESS")(
      "work-per-sampled", "CPU to burn when the caller's sampled flag is set, like 50us", text("0"),
      "TIME")("work-per-request", "CPU to burn on every request, like 20us", text("0"), "TIME")(
      "threads",
      "event loops, so many requests are in flight at once; shedders count those (default: the "
      "CPUs, and 64 where "
      "stages wait for another service)",
      cxxopts::value<std::string>(),
      "N")("lose-spans",
           "share of the ended spans that vanish uncounted, like 1%, to see that a receipt tells",
           text("0"), "SHARE")("semconv",
                               "gRPC: which RPC attributes, rpc, rpc/old or rpc/dup (as in "
                               "OTEL_SEMCONV_STABILITY_OPT_IN)",
                               cxxopts::value<std::string>(), "NAME")(
      "drop-propagation", "grpc-chain: call the second service without the trace context")(
      "explain", "print the pipeline of NAME in order, with its parameters")(
      "describe", "print what NAME says about itself, or all of them without a NAME, as JSON")(
      "list", "print the targets")("list-samplers", "print the samplers")("help", "print this");
  parser.add_options("positional")("name", "", cxxopts::value<std::string>())(
      "more", "", cxxopts::value<std::vector<std::string>>());
  parser.parse_positional({"name", "more"});
  return parser;
}

/// Keeps a mistake for the error that tells them all.
class Mistakes {
 public:
  void add(std::string text) {
    if (!all_.empty()) all_ += '\n';
    all_ += text;
  }
  [[nodiscard]] bool none() const { return all_.empty(); }
  [[nodiscard]] tl::unexpected<Error> error() const { return failure(ExitCode::usage, all_); }

 private:
  std::string all_;
};

Nanos read_work(const cxxopts::ParseResult& parsed, const std::string& name, Mistakes& mistakes) {
  constexpr auto kMost = std::chrono::seconds(1);
  const auto text = parsed[name].as<std::string>();
  const auto work = parse_duration(text);
  if (!work) {
    mistakes.add(fmt::format("--{}: {}", name, work.error().message));
    return Nanos(0);
  }
  if (*work > kMost)
    mistakes.add(fmt::format("--{}: '{}' is more than 1s per request", name, text));
  return *work;
}

std::uint16_t read_port(const std::string& text, Mistakes& mistakes) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) {
    mistakes.add(fmt::format("--port: '{}' is not a port; use a number from 0 to 65535", text));
  }
  return port;
}

unsigned read_threads(const std::string& text, Mistakes& mistakes) {
  constexpr unsigned kMost = 1024;
  unsigned threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc{} || end != text.data() + text.size() || threads < 1 || threads > kMost) {
    mistakes.add(fmt::format("--threads: '{}' is not a number from 1 to {}", text, kMost));
  }
  return threads;
}

void read_grpc(const cxxopts::ParseResult& parsed, TargetOptions& options, Mistakes& mistakes) {
  const auto make = find_in_catalog(framework_catalog(), "target", options.framework);
  const bool is_grpc = make && std::holds_alternative<GrpcPipeline>((*make)().pipeline);
  if (parsed.count("semconv") > 0) {
    options.semconv = parsed["semconv"].as<std::string>();
    const auto convention = parse_rpc_convention(options.semconv);
    if (!convention) mistakes.add(fmt::format("--semconv: {}", convention.error().message));
    if (make && !is_grpc) {
      mistakes.add(
          fmt::format("--semconv: '{}' is no gRPC target; leave it out", options.framework));
    }
  }
  options.drops_propagation = parsed.count("drop-propagation") > 0;
  if (options.drops_propagation && make && (!is_grpc || (*make)().back.empty())) {
    mistakes.add(
        fmt::format("--drop-propagation: '{}' does not call a second service over plain "
                    "gRPC; grpc-chain does",
                    options.framework));
  }
}

Result<TargetOptions> read(const cxxopts::ParseResult& parsed) {
  TargetOptions options;
  if (parsed.count("help") > 0) {
    options.command = TargetAction::help;
    return options;
  }
  if (parsed.count("list") > 0) {
    options.command = TargetAction::list;
    return options;
  }
  if (parsed.count("list-samplers") > 0) {
    options.command = TargetAction::list_samplers;
    return options;
  }
  Mistakes mistakes;
  if (parsed.count("explain") > 0) options.command = TargetAction::explain;
  if (parsed.count("describe") > 0) options.command = TargetAction::describe;
  if (parsed.count("name") > 0) {
    options.framework = parsed["name"].as<std::string>();
    const auto found = find_in_catalog(framework_catalog(), "target", options.framework);
    if (!found) mistakes.add(found.error().message);
  } else if (options.command != TargetAction::describe) {
    mistakes.add("no target named; try 'tracetax-target gin', or --list to see all");
  }
  if (parsed.count("more") > 0) {
    mistakes.add(fmt::format("'{}': only one target at a time",
                             parsed["more"].as<std::vector<std::string>>().front()));
  }
  options.host = parsed["host"].as<std::string>();
  options.port = read_port(parsed["port"].as<std::string>(), mistakes);
  options.work.per_sampled = read_work(parsed, "work-per-sampled", mistakes);
  options.work.per_request = read_work(parsed, "work-per-request", mistakes);
  if (parsed.count("threads") > 0)
    options.threads = read_threads(parsed["threads"].as<std::string>(), mistakes);
  if (const auto lost = parse_sample_rate(parsed["lose-spans"].as<std::string>())) {
    options.lost = *lost;
  } else {
    mistakes.add(fmt::format("--lose-spans: {}", lost.error().message));
  }
  read_grpc(parsed, options, mistakes);
  if (!mistakes.none()) return mistakes.error();
  return options;
}

}  // namespace

Result<TargetOptions> parse_target_options(std::span<const char* const> arguments) {
  std::vector<const char*> argv{"tracetax-target"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  try {
    cxxopts::Options parser = make_parser();
    return read(parser.parse(static_cast<int>(argv.size()), argv.data()));
  } catch (const cxxopts::exceptions::exception& error) {
    return failure(ExitCode::usage, fmt::format("{}; see --help", error.what()));
  }
}

std::string target_help() { return make_parser().help({""}); }

}  // namespace tracetax
