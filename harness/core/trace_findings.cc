// SPDX-License-Identifier: Apache-2.0
#include "harness/core/trace_findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "harness/core/receipt/span_marks.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

std::string part_of(std::uint64_t part, std::uint64_t whole, std::string_view what) {
  return part == whole ? fmt::format("all {} {}", format_count(whole), what)
                       : fmt::format("{} of {} {}", format_count(part), format_count(whole), what);
}

/// "3 end before they begin, 1 begins after it had arrived"
std::string anomalies_text(const TraceQuality& quality) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::uint64_t count, std::string_view what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", format_count(count), what));
  };
  add(quality.negative_durations, "that end before they begin");
  add(quality.outside_parents, "that begin before their parent");
  add(quality.from_the_future, "that begin after they had arrived");
  return fmt::format("{}", fmt::join(parts, ", "));
}

void add_old_names(const TraceQuality& quality, std::string_view arm,
                   std::vector<CheckLine>& lines) {
  if (quality.old_conventions == 0) return;
  const std::string_view example = quality.old_convention_example;
  const auto names = old_names();
  const auto name = std::find_if(names.begin(), names.end(),
                                 [&](const OldName& one) { return one.old == example; });
  const std::string_view opt_in = example.starts_with("http.") || example.starts_with("net.")
                                      ? "http"
                                  : example.starts_with("db.") ? "database"
                                                               : "rpc";
  const std::string today = name == names.end()
                                ? std::string("today's names")
                                : fmt::format("in place of {} today: {}", name->old, name->today);
  lines.push_back(
      {"attribute names", std::string(arm), CheckWord::note,
       fmt::format("{} have attributes of older conventions and not those of v1.44.0{}: what asks "
                   "for today's names does not find them",
                   part_of(quality.old_conventions, quality.spans, "spans"),
                   opt_in == "rpc" ? ", which for RPC are a release candidate" : ""),
       fmt::format("{}; some instrumentations have them with OTEL_SEMCONV_STABILITY_OPT_IN={}",
                   today, opt_in)});
}

}  // namespace

std::vector<CheckLine> trace_findings(const TraceQuality& quality, std::string_view arm) {
  std::vector<CheckLine> lines;
  const auto say = [&](std::string_view check, CheckWord word, std::string seen,
                       std::string_view remedy) {
    lines.push_back(
        {std::string(check), std::string(arm), word, std::move(seen), std::string(remedy)});
  };
  if (quality.late_parents > 0) {
    say("late parents", CheckWord::warning,
        fmt::format("{} began after their parent had ended: what should stand side by side hangs "
                    "below what is over, and the parent's time lacks it",
                    part_of(quality.late_parents, quality.spans, "spans")),
        "begin each child in the context of the span that is open around it: `ctx, span := "
        "Start(ctx, ...)` twice in one function puts the second below the first; keep what the "
        "first gave in a variable of its own");
  }
  if (quality.many_roots > 0) {
    say("one root", CheckWord::warning,
        fmt::format("{} have more than one span that hangs on no other of its trace",
                    part_of(quality.many_roots, quality.traces, "traces")),
        "either the span between them was lost or never ended, or the caller's context was used "
        "where the server span's was meant");
  }
  if (clock_anomalies(quality) > 0) {
    say("clocks", CheckWord::warning, "spans with times that cannot be: " + anomalies_text(quality),
        "take start and end from one clock, and keep the clocks of all machines together (NTP)");
  }
  if (quality.truncated > 0) {
    say("whole spans", CheckWord::warning,
        fmt::format("{} say that attributes, events or links were dropped",
                    part_of(quality.truncated, quality.spans, "spans")),
        "set fewer, or raise OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_EVENT_COUNT_LIMIT or "
        "OTEL_SPAN_LINK_COUNT_LIMIT (128 each if not set)");
  }
  if (quality.raw_path_names > 0) {
    say("span names", CheckWord::note,
        fmt::format(
            "{} are named by a path with an id or query in it{}: every id makes a name of "
            "its own, by which nothing can be grouped",
            part_of(quality.raw_path_names, quality.spans, "spans"),
            quality.raw_path_example.empty() ? "" : ", such as " + quote(quality.raw_path_example)),
        "name a server span {method} {http.route}, a client span {method} or {method} "
        "{url.template}");
  }
  if (quality.client_errors_marked > 0) {
    say("status of 4xx", CheckWord::note,
        fmt::format("{} are of servers, have status ERROR, and answered 4xx: a caller's mistake "
                    "counts as the service's failure",
                    part_of(quality.client_errors_marked, quality.spans, "spans")),
        "a server leaves the status unset for 4xx; ERROR is for 5xx");
  }
  add_old_names(quality, arm, lines);
  return lines;
}

}  // namespace tracetax
