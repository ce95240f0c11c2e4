// SPDX-License-Identifier: Apache-2.0
#include "targets/options.h"

#include <charconv>
#include <system_error>

#include "harness/core/manual/manual_page.h"
#include "harness/core/text/option_reader.h"
#include "targets/service/framework.h"
#include "targets/stages/trace/grpc_trace.h"
#include "targets/stages/trace/inner_spans.h"

namespace tracetax {
namespace {

CommandLine declare_target() {
  return {
      .program = "tracetax-target",
      .purpose =
          "An emulated HTTP or gRPC service that traces as a real framework's instrumentation "
          "does. "
          "Tracing is\n"
          "set up by OTEL_* variables and TRACETAX_STATE=absent|noop|drop|record|export. Prints\n"
          "{\"ready\":true,\"port\":N} once it listens; SIGTERM flushes, prints the span counts as "
          "the\n"
          "last line, and ends with 0.\n",
      .usage = "NAME",
      .positionals = {"name"},
      .groups = {
          {"",
           {{"port", "TCP port; 0 picks a free one", one_value("N", "8080")},
            {"host", "numeric address to listen on", one_value("ADDRESS", "127.0.0.1")},
            {"work-per-sampled", "CPU to burn when the caller's sampled flag is set, like 50us",
             one_value("TIME", "0")},
            {"busy-per-sampled", "the same on a thread beside the request, as an exporter does",
             one_value("TIME", "0")},
            {"work-per-request", "CPU to burn on every request, like 20us", one_value("TIME", "0")},
            {"span-attributes",
             "that the application adds to its span, of 20 characters each: 0 to 1000",
             one_value("N", "0")},
            {"inner-spans",
             "that the application makes under its span, one after another: 0 to 100",
             one_value("N", "0")},
            {"threads",
             "event loops, so many requests are in flight at once; shedders count those (default: "
             "the CPUs, and 64 where stages wait for another service)",
             one_value("N")},
            {"lose-spans",
             "share of the ended spans that vanish uncounted, like 1%, to see that a receipt tells",
             one_value("SHARE", "0")},
            {"semconv",
             "gRPC: which RPC attributes, rpc, rpc/old or rpc/dup (as in "
             "OTEL_SEMCONV_STABILITY_OPT_IN)",
             one_value("NAME")},
            {"drop-propagation", "grpc-chain: call the second service without the trace context"},
            {"back",
             "call the service behind there, in place of starting one; numeric, like "
             "127.0.0.1:9090",
             one_value("HOST:PORT")},
            {"explain", "print the pipeline of NAME in order, with its parameters"},
            {"describe",
             "print what NAME says about itself, or all of them without a NAME, as JSON"},
            {"list", "print the targets"},
            {"list-samplers", "print the samplers"},
            {"sampler-steps",
             "print how samplers with a rate of their own answer steps of load and of errors"},
            {"list-variables", "print the OTEL_* variables that are read, and those that are not"},
            {"list-faults", "print the mistakes that TRACETAX_FAULT=NAME,... puts in"},
            {"round-trip",
             "send a message through a broker and take it back, like rabbitmq=127.0.0.1:5672",
             one_value("KIND=HOST:PORT")},
            {"registry",
             "be an emulated registry on --port, with the HTTP APIs of Consul and Nacos"},
            {"version", "print the version"},
            {"man", "print the manual page, in roff"},
            {"list-works", "print the pieces of domain work that steps of a topology can name"},
            {"help", "print this"}}},
          {"One service of a topology", topology_options()}}};
}

Result<Nanos> parse_work(std::string_view text) {
  constexpr auto kMost = std::chrono::seconds(1);
  auto work = parse_duration(text);
  if (work && *work > kMost)
    return failure(ExitCode::usage, fmt::format("'{}' is more than 1s per request", text));
  return work;
}

/// 0 as well: any free one.
Result<std::uint16_t> parse_listening_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc{} && end == text.data() + text.size()) return port;
  return failure(ExitCode::usage,
                 fmt::format("'{}' is not a port; use a number from 0 to 65535", text));
}

Result<unsigned> parse_threads(std::string_view text) {
  constexpr unsigned kMost = 1024;
  unsigned threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error == std::errc{} && end == text.data() + text.size() && threads >= 1 && threads <= kMost)
    return threads;
  return failure(ExitCode::usage, fmt::format("'{}' is not a number from 1 to {}", text, kMost));
}

void read_back(OptionReader& reader, TargetOptions& options) {
  reader.read("back", options.back, parse_host_port);
  const auto make = find_in_catalog(framework_catalog(), "target", options.framework);
  if (options.back.port != 0 && make && (*make)().back.empty())
    reader.mistake("--back", fmt::format("'{}' calls no second service", options.framework));
}

void read_grpc(OptionReader& reader, TargetOptions& options) {
  const auto make = find_in_catalog(framework_catalog(), "target", options.framework);
  const bool is_grpc = make && std::holds_alternative<GrpcPipeline>((*make)().pipeline);
  if (reader.given("semconv")) {
    options.semconv = reader.text("semconv");
    const auto convention = parse_rpc_convention(options.semconv);
    if (!convention) reader.mistake("--semconv", convention.error().message);
    if (make && !is_grpc) {
      reader.mistake("--semconv",
                     fmt::format("'{}' is no gRPC target; leave it out", options.framework));
    }
  }
  const auto needs_application = [&](const char* option, int count) {
    if (count == 0 || !is_grpc) return;
    reader.mistake(option,
                   fmt::format("'{}' has no application that adds any; HTTP and other RPC targets "
                               "have one",
                               options.framework));
  };
  needs_application("--span-attributes", options.work.span_attributes);
  needs_application("--inner-spans", options.work.inner_spans);
  options.drops_propagation = reader.given("drop-propagation");
  if (options.drops_propagation && make && (!is_grpc || (*make)().back.empty())) {
    reader.mistake("--drop-propagation",
                   fmt::format("'{}' does not call a second service over plain gRPC; grpc-chain "
                               "does",
                               options.framework));
  }
}

TargetAction command_of(const OptionReader& reader) {
  if (reader.given("help")) return TargetAction::help;
  if (reader.given("version")) return TargetAction::version;
  if (reader.given("man")) return TargetAction::manual;
  if (reader.given("list")) return TargetAction::list;
  if (reader.given("list-samplers")) return TargetAction::list_samplers;
  if (reader.given("sampler-steps")) return TargetAction::sampler_steps;
  if (reader.given("list-variables")) return TargetAction::list_variables;
  if (reader.given("list-faults")) return TargetAction::list_faults;
  if (reader.given("round-trip")) return TargetAction::round_trip;
  if (reader.given("list-works")) return TargetAction::list_works;
  if (reader.given("registry")) return TargetAction::registry;
  if (reader.given("describe")) return TargetAction::describe;
  return reader.given("explain") ? TargetAction::explain : TargetAction::serve;
}

TargetOptions read_target(OptionReader& reader) {
  TargetOptions options;
  options.command = command_of(reader);
  using enum TargetAction;
  for (const TargetAction needs_no_target :
       {help, version, manual, list, list_samplers, list_variables, list_faults, list_works,
        sampler_steps}) {
    if (options.command == needs_no_target) return options;
  }
  if (options.command == round_trip) {
    options.round_trip = reader.text("round-trip");
    return options;
  }
  if (options.command == registry) {
    options.host = reader.text("host");
    reader.read("port", options.port, parse_listening_port);
    return options;
  }
  if (reader.given("name")) {
    options.framework = reader.text("name");
    const auto found = find_in_catalog(framework_catalog(), "target", options.framework);
    if (!found) reader.mistake(found.error().message);
  } else if (options.command != TargetAction::describe) {
    reader.mistake("no target named; try 'tracetax-target gin', or --list to see all");
  }
  if (reader.given("rest")) {
    reader.mistake(fmt::format("'{}'", reader.texts("rest").front()), "only one target at a time");
  }
  options.host = reader.text("host");
  reader.read("port", options.port, parse_listening_port);
  reader.read("work-per-sampled", options.work.per_sampled, parse_work);
  reader.read("busy-per-sampled", options.work.beside_sampled, parse_work);
  reader.read("work-per-request", options.work.per_request, parse_work);
  reader.read("span-attributes", options.work.span_attributes, whole(0, kMostSpanAttributes));
  reader.read("inner-spans", options.work.inner_spans, whole(0, kMostInnerSpans));
  reader.read("threads", options.threads, parse_threads);
  reader.read("lose-spans", options.lost, parse_sample_rate);
  read_grpc(reader, options);
  read_back(reader, options);
  if (reader.given("topology")) {
    options.topology =
        read_topology_options(reader, options.framework, options.command == TargetAction::serve);
  } else {
    for (const char* name : {"service", "variant", "peer", "leg"}) {
      if (reader.given(name))
        reader.mistake(fmt::format("--{}", name), "only together with --topology FILE");
    }
  }
  return options;
}

}  // namespace

Result<TargetOptions> parse_target_options(std::span<const char* const> arguments) {
  auto reader = OptionReader::parse(declare_target(), arguments);
  if (!reader) return failure(reader.error());
  TargetOptions options = read_target(*reader);
  if (const auto wrong = reader->mistakes()) return failure(*wrong);
  return options;
}

std::string target_help() { return help_text(declare_target()); }

std::string target_manual(const std::string& version) {
  return write_manual_page({.name = "tracetax-target",
                            .summary = "an emulated service that traces as a real framework does",
                            .version = version,
                            .line = declare_target(),
                            .see_also = {"tracetax"}});
}

}  // namespace tracetax
