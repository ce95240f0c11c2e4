// Off is off, traces, joins its caller, heeds the flag, shape, end and flush, delay.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/text/units.h"
#include "harness/core/trace_findings.h"
#include "harness/run/doctor/checks.h"

namespace tracetax {
namespace {

using SpanLines = std::vector<CheckLine>;

constexpr const char* kNodeOnTerm =
    "Node's own way does not end a server on SIGTERM. Add: "
    "process.on('SIGTERM', () => { server.close(); }); where server is what app.listen() gave";

/// Whether spans came for what was asked with the flag, as far as it can be told.
bool traces(const ArmLook& look) { return look.spans && look.spans->spans > 0; }

void check_off(const ArmLook& look, SpanLines& lines) {
  if (look.state == TracingState::exporting || !look.spans) return;
  const SpanLook& spans = *look.spans;
  if (spans.spans == 0) {
    lines.push_back({"off is off", look.arm, CheckWord::ok,
                     fmt::format("no span came of {} requests", spans.sampled), ""});
    return;
  }
  lines.push_back(
      {"off is off", look.arm, CheckWord::refused,
       fmt::format("{} spans came of {} requests though tracing is off: the service does not heed "
                   "OTEL_SDK_DISABLED=true, OTEL_TRACES_EXPORTER=none or "
                   "OTEL_TRACES_SAMPLER=always_off",
                   spans.spans, spans.sampled),
       "give the command that runs it without tracing: --off 'COMMAND', or \"per_target\": {...: "
       "{\"command\": [...]}} in the arm off"});
}

void check_traces(const ArmLook& look, SpanLines& lines) {
  const SpanLook& spans = *look.spans;
  if (spans.spans > 0) {
    lines.push_back({"traces", look.arm, CheckWord::ok,
                     fmt::format("{} spans of {} requests, up to {:.2f} s after they ended",
                                 spans.spans, spans.sampled, spans.delay_max_ms / 1e3),
                     ""});
    return;
  }
  if (spans.last_came > 0) {
    lines.push_back(
        {"traces", look.arm, CheckWord::warning,
         fmt::format("spans come only when the service ends: none within {:.1f} s of {} requests",
                     look.batch_delay_s, spans.sampled),
         "does it heed OTEL_BSP_SCHEDULE_DELAY? Without that the cost of exports falls outside of "
         "what is measured"});
    return;
  }
  lines.push_back(
      {"traces", look.arm, CheckWord::refused,
       fmt::format("no span came of {} requests with the sampled flag", spans.sampled),
       fmt::format(
           "is tracing set up at all? It must export over OTLP to OTEL_EXPORTER_OTLP_ENDPOINT, "
           "with the protocol of OTEL_EXPORTER_OTLP_PROTOCOL, and not be switched off by "
           "OTEL_SDK_DISABLED or a setting of its own{}",
           look.runtime.starts_with("python")
               ? "; for Python: opentelemetry-instrument in front of the command"
           : look.runtime.starts_with("node")
               ? "; for Node: --require @opentelemetry/auto-instrumentations-node/register"
           : look.runtime.starts_with("java") ? "; for Java: -javaagent:opentelemetry-javaagent.jar"
                                              : "")});
}

/// The other side cannot read what is sent, as the suite itself says.
bool speaks_past(const ArmLook& look) { return surely_unread(look.context, look.propagators); }

std::string common_format(const ArmLook& look) {
  const ContextFormats read = formats_in(look.propagators);
  return fmt::format(
      "{}have it read what is sent ({}): OTEL_PROPAGATORS={}",
      read.empty() ? ""
                   : fmt::format("send what it reads, \"context\": \"{}\" in the scenario, or ",
                                 name_of(read.front())),
      fmt::join(names_of(look.context), ", "), propagators_of(look.context));
}

void check_propagators(const ArmLook& look, SpanLines& lines) {
  if (!speaks_past(look)) return;
  lines.push_back({"propagators", look.arm, CheckWord::note,
                   fmt::format("the context is sent as {}, which OTEL_PROPAGATORS={} does not read",
                               describe(look.context), look.propagators),
                   common_format(look)});
}

bool joins(const SpanLook& spans) {
  const std::uint64_t joined = spans.traces - std::min(spans.traces, spans.foreign);
  return spans.foreign == 0 || joined >= spans.traces_expected;
}

void check_joins(const ArmLook& look, SpanLines& lines) {
  const SpanLook& spans = *look.spans;
  if (joins(spans)) return;
  lines.push_back(
      {"caller's trace", look.arm, CheckWord::refused,
       fmt::format("{} of {} traces began in the service: it does not go on with the trace of its "
                   "caller (sent as {})",
                   spans.foreign, spans.traces, describe(look.context)),
       speaks_past(look)
           ? fmt::format("its OTEL_PROPAGATORS is {}: {}", look.propagators, common_format(look))
           : fmt::format(
                 "the server's instrumentation must extract the context: OTEL_PROPAGATORS={} is "
                 "{}, does the service set another propagator? Then send what that reads: "
                 "\"context\": \"b3\", say, in the scenario. Else let it sample by itself: "
                 "--set load.sampling=target",
                 look.propagators.empty() ? propagators_of(look.context) : look.propagators,
                 look.propagators.empty() ? "needed" : "set")});
}

void check_flag(const ArmLook& look, SpanLines& lines) {
  const SpanLook& spans = *look.spans;
  // Who does not see the context cannot heed its flag.
  if (spans.unsampled == 0 || !joins(spans)) return;
  if (2 * spans.from_unsampled < spans.unsampled) {
    lines.push_back(
        {"sampled flag", look.arm, CheckWord::ok, "requests without the flag leave no span", ""});
    return;
  }
  lines.push_back(
      {"sampled flag", look.arm, CheckWord::refused,
       fmt::format("{} of {} requests without the sampled flag left spans: the service samples "
                   "whatever its caller says, so every rate would cost the same",
                   spans.from_unsampled, spans.unsampled),
       "make its sampler parent-based (OTEL_TRACES_SAMPLER=parentbased_always_on is set: does the "
       "service set one of its own?)"});
}

/// Of a topology: of how many spans its traces are follows from it.
void check_trees(const ArmLook& look, SpanLines& lines) {
  const TreeAccount& trees = *look.spans->trees;
  const std::vector<std::string> faults = trees.faults();
  if (faults.empty()) {
    lines.push_back({"trees of spans", look.arm, CheckWord::ok,
                     trees.counted_received > 0
                         ? fmt::format("{} spans are counted in place", trees.counted_received)
                         : fmt::format("{} traces are as the topology says", trees.right),
                     ""});
    return;
  }
  lines.push_back({"trees of spans", look.arm, CheckWord::refused,
                   fmt::format("{}", fmt::join(faults, "; ")),
                   "compare with the trees that follow from the topology (tracetax list "
                   "topologies), and correct the one or the other"});
}

void check_shape(const Suite& suite, const ArmLook& look, SpanLines& lines) {
  const SpanLook& spans = *look.spans;
  if (spans.trees) return check_trees(look, lines);
  if (spans.foreign > 0 || spans.traces == 0) return;
  const auto target = std::ranges::find(suite.targets, look.target, &TargetSpec::name);
  const int said = target == suite.targets.end() ? 1 : target->spans_per_request;
  if (!spans.all_alike) {
    lines.push_back(
        {"spans per request", look.arm, CheckWord::refused,
         fmt::format("they differ from request to request, or some were lost: {} spans in "
                     "{} traces of {} requests",
                     spans.spans, spans.traces, spans.sampled),
         "ask for one route that always does the same, or mend what loses spans"});
    return;
  }
  const long each = std::lround(spans.spans_each);
  const bool right = each == said;
  lines.push_back(
      {"spans per request", look.arm, right ? CheckWord::ok : CheckWord::refused,
       fmt::format("exactly {} each{}", each,
                   right ? "" : fmt::format(", and the suite says {}", said)),
       right ? ""
             : fmt::format(
                   "set spans_per_request {} of target {}: --set targets.{}.spans_per_request={}",
                   each, look.target, look.target, each)});
}

void check_stop(const ArmLook& look, SpanLines& lines) {
  if (!look.stop) return;
  const StopLook& stop = *look.stop;
  const bool node = look.runtime.starts_with("node");
  if (stop.killed) {
    lines.push_back(
        {"ends", look.arm, CheckWord::refused,
         fmt::format("did not end within {:.0f} s of SIGTERM and had to be killed, with "
                     "the spans that it held",
                     stop.patience_s),
         node ? kNodeOnTerm
              : "make it end on SIGTERM and flush its spans, or give it longer: "
                "\"stop_within\": \"30s\""});
    return;
  }
  const bool exports = look.state == TracingState::exporting;
  if (exports && look.spans && traces(look) && look.spans->foreign == 0 &&
      look.spans->last_came < look.spans->last_sampled) {
    lines.push_back(
        {"flushes", look.arm, CheckWord::refused,
         fmt::format("ended on SIGTERM ({}) and lost {} of its last {} traces", stop.end,
                     look.spans->last_sampled - look.spans->last_came, look.spans->last_sampled),
         node ? std::string("let sdk.shutdown() end before the process does; ") + kNodeOnTerm
              : "shut the tracer provider down on SIGTERM, before the program ends, so "
                "that it exports what it holds"});
    return;
  }
  lines.push_back({exports ? "flushes" : "ends", look.arm, CheckWord::ok,
                   fmt::format("ended {:.2f} s after SIGTERM{}", stop.took_s,
                               exports && look.spans && look.spans->last_came > 0
                                   ? ", with all its spans exported"
                                   : ""),
                   ""});
}

void check_delay(const Suite& suite, const ArmLook& look, SpanLines& lines) {
  const double drain_s = std::chrono::duration<double>(suite.design.drain).count();
  const double late_s = std::max(look.spans->delay_max_ms / 1e3, look.batch_delay_s);
  if (late_s >= drain_s) {
    lines.push_back({"exports in time", look.arm, CheckWord::refused,
                     fmt::format("spans come up to {:.1f} s late, and a segment waits {} for them",
                                 late_s, format_duration(suite.design.drain)),
                     "export sooner: OTEL_BSP_SCHEDULE_DELAY=500 in \"env\"; or wait longer: --set "
                     "design.drain=20s"});
  } else if (late_s >= 3) {
    lines.push_back(
        {"exports in time", look.arm, CheckWord::note,
         fmt::format("spans come up to {:.1f} s late, and every segment waits for them", late_s),
         "a shorter OTEL_BSP_SCHEDULE_DELAY in \"env\" makes the run shorter"});
  }
}

/// Of the first arm that shows it: the same code makes the spans of the others.
void check_quality(const ArmLook& look, SpanLines& lines) {
  for (CheckLine& found : trace_findings(look.spans->quality, look.arm)) {
    const bool told = std::ranges::any_of(
        lines, [&](const CheckLine& line) { return line.check == found.check; });
    if (!told) lines.push_back(std::move(found));
  }
}

}  // namespace

std::vector<CheckLine> span_checks(const Suite& suite, std::span<const ArmLook> looks) {
  SpanLines lines;
  for (const ArmLook& look : looks) {
    check_off(look, lines);
    const bool says_much = look.state == TracingState::exporting && look.spans;
    if (says_much) {
      if (look.caller_samples) check_propagators(look, lines);
      // A sampler of its own may rightly take none of some twenty requests.
      if (look.caller_samples || traces(look)) check_traces(look, lines);
      if (look.caller_samples && traces(look)) {
        check_joins(look, lines);
        check_flag(look, lines);
        check_shape(suite, look, lines);
      }
      if (traces(look)) {
        check_delay(suite, look, lines);
        check_quality(look, lines);
      }
    }
    check_stop(look, lines);
  }
  return lines;
}

}  // namespace tracetax
