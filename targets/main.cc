// tracetax-target: one emulated service as a process. Options -> tracing config -> tracer -> chain ->
// server, and on SIGTERM back out again with a flush and the span counts.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "targets/frameworks/framework.h"
#include "targets/options.h"
#include "targets/stages/http_server.h"
#include "targets/tracing/sampler.h"
#include "targets/tracing/otlp_exporter.h"
#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

// One write(2), so that a reader never sees half a line and no other thread's line gets in between.
void write_line(std::string line) {
  line += '\n';
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return;  // nobody is reading any more
}

std::string counts_line(const SpanCounts& counts) {
  return fmt::format(
      R"({{"tracetax_spans":{{"started":{},"sampled":{},"ended":{},"dropped":{},"exported":{},"failed":{}}}}})",
      counts.started, counts.sampled, counts.ended, counts.dropped, counts.exported, counts.failed);
}

template <typename Entries>
std::string listing(const Entries& entries) {
  std::string text;
  for (const auto& entry : entries) text += fmt::format("  {:<26}{}\n", entry.name, entry.help);
  return text;
}

Status serve(const TargetOptions& options, const TracingConfig& config, const Chain& chain,
             Tracer& tracer) {
  auto server = HttpServer::listen(
      {.host = options.host, .port = options.port, .threads = usable_cpus()}, chain);
  if (!server) return failure(server.error());
  write_line(fmt::format(R"({{"ready":true,"port":{}}})", (*server)->port()));
  (*server)->run();
  constexpr std::chrono::milliseconds kLongestFlush{10'000};
  tracer.shutdown(std::chrono::steady_clock::now() +
                  std::min(config.batch.export_timeout, kLongestFlush));
  write_line(counts_line(tracer.counts()));
  return {};
}

Status run(std::span<const char* const> arguments) {
  const auto options = parse_target_options(arguments);
  if (!options) return failure(options.error());
  if (options->command == TargetCommand::help) {
    fmt::print("{}", target_help());
    return {};
  }
  if (options->command == TargetCommand::list) {
    fmt::print("{}", listing(framework_catalog()));
    return {};
  }
  if (options->command == TargetCommand::list_samplers) {
    fmt::print("{}", listing(sampler_catalog()));
    return {};
  }
  const auto make = find_in_catalog(framework_catalog(), "target", options->framework);
  if (!make) return failure(make.error());
  const Framework framework = (*make)();
  const auto config = read_tracing_config(process_environment());
  if (!config) return failure(config.error());
  for (const std::string& warning : config->warnings) {
    fmt::print(stderr, "tracetax-target: warning: {}\n", warning);
  }
  std::unique_ptr<SpanExporter> exporter;
  if (config->state == TracingState::export_) {
    InstrumentationScope scope = instrumentation_scope(framework);
    exporter = make_otlp_exporter(*config, std::move(scope.name), std::move(scope.version));
  }
  auto tracer = Tracer::make(*config, std::move(exporter));
  if (!tracer) return failure(tracer.error());
  const Chain chain = build_chain(framework, options->work, **tracer);
  if (options->command == TargetCommand::explain) {
    fmt::print("{}", explain(framework, chain));
    return {};
  }
  return serve(*options, *config, chain, **tracer);
}

}  // namespace
}  // namespace tracetax

int main(int argc, char** argv) {
  using tracetax::ExitCode;
  // A reader that goes away is an error of write(2), not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto status = tracetax::run({argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0))});
    if (status) return static_cast<int>(ExitCode::pass);
    fmt::print(stderr, "tracetax-target: {}\n", status.error().message);
    return static_cast<int>(status.error().code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "tracetax-target: internal error: {}\n", error.what());
    return static_cast<int>(ExitCode::internal);
  }
}
