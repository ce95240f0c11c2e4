// Ready, answers, keeps connections, stays up, keeps up, closes, metered, warm.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/core/validity.h"
#include "harness/core/warm.h"
#include "harness/run/doctor/checks.h"
#include "harness/run/ramp.h"

namespace tracetax {
namespace {

using Lines = std::vector<CheckLine>;

constexpr double kMostlyErrors = 0.1;
constexpr double kTooSlow = 0.9;  // of the asked rate: too far below to be the look's own fault
constexpr double kStillFalls =
    0.15;  // of CPU per request; a warm service scatters by some per cent
constexpr double kHopelesslySlow = 0.6;  // no noise of a machine makes that
constexpr double kSafeShare = 0.7;       // of what it did answer

std::uint64_t error_count(const LoadLook& load) {
  return std::accumulate(load.errors.begin(), load.errors.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& kind) { return sum + kind.second; });
}

std::string kinds_of(const LoadLook& load) {
  std::vector<std::string> kinds;
  for (const auto& [kind, times] : load.errors) kinds.push_back(fmt::format("{} {}", kind, times));
  return fmt::format("{}", fmt::join(kinds, ", "));
}

bool takes_longer_than_a_look(const Suite& suite, const ArmLook& look) {
  const auto target = std::ranges::find(suite.targets, look.target, &TargetSpec::name);
  return target != suite.targets.end() && target->ready_within > kLongestExamination;
}

void check_ready(const Suite& suite, std::span<const ArmLook> looks, Lines& lines) {
  std::vector<std::string> times;
  std::string how;
  for (const ArmLook& look : looks) {
    if (look.ready_how.empty()) {
      const std::string why = look.failed ? look.failed->message : "it did not start";
      // The run may wait for longer than a look can.
      const bool may_come = takes_longer_than_a_look(suite, look) &&
                            why.find("was not ready within") != std::string::npos;
      lines.push_back({"ready", look.arm, may_come ? CheckWord::warning : CheckWord::refused, why,
                       may_come ? "nothing more was looked at; the run waits for as long as "
                                  "\"ready_within\" says"
                                : ""});
      continue;
    }
    times.push_back(fmt::format("{} after {:.2f} s", look.arm, look.ready_s));
    how = look.ready_how;
  }
  if (!times.empty()) {
    lines.push_back(
        {"ready", "", CheckWord::ok, fmt::format("{} ({})", fmt::join(times, ", "), how), ""});
  }
}

std::string remedy_of_status(const HttpAnswer& answer) {
  if (answer.status >= 300 && answer.status < 400) {
    return fmt::format(
        "ask for {} itself (--get, or \"path\"), or take the answer as it is: \"expect\": "
        "{{\"status\": {}}}",
        answer.location.empty() ? "the place it points to" : quote(answer.location), answer.status);
  }
  if (answer.status == 401 || answer.status == 403) {
    return fmt::format(
        "give what it asks for{}: --header 'Authorization: ...', or \"headers\": "
        "{{\"Authorization\": \"...\"}} in the scenario",
        answer.asks_for.empty() ? "" : fmt::format(" ({})", quote(answer.asks_for)));
  }
  if (answer.status == 404) return "does the service have this path? (--get, or \"path\")";
  if (answer.status >= 500) return "the service fails on this request: look at what it writes";
  return "is the request right? What is expected stands in \"expect\" of the scenario";
}

void check_answer(const ArmLook& look, Lines& lines) {
  if (look.ready_how.empty()) return;
  if (look.failed) {
    // Which target and scenario that was is said once for all lines.
    const std::string& why = look.failed->message;
    const auto from = why.find("answered");
    CheckLine line{"answers", look.arm, CheckWord::refused,
                   from == std::string::npos ? why : why.substr(from), ""};
    if (look.died) {
      line.seen = *look.died;
    } else if (look.answer && look.answer->status > 0) {
      if (!look.answer->location.empty())
        line.seen += fmt::format("; Location: {}", quote(look.answer->location));
      line.remedy = remedy_of_status(*look.answer);
    }
    lines.push_back(std::move(line));
  } else if (look.answer) {
    lines.push_back(
        {"answers", look.arm, CheckWord::ok,
         fmt::format("{} over HTTP/1.{}", look.answer->status, look.answer->minor_version), ""});
  } else {
    lines.push_back({"answers", look.arm, CheckWord::ok, "as expected", ""});
  }
}

bool fails_often(const LoadLook& load) { return too_many_errors(error_count(load), load.sent); }

bool closes(const ArmLook& look) {
  return look.answer && (look.answer->says_close || look.answer->closed);
}

void check_keep_alive(const ArmLook& look, Lines& lines) {
  if (!look.answer || look.failed) return;
  if (!closes(look)) {
    lines.push_back({"keep-alive", look.arm, CheckWord::ok, "connections stay open", ""});
    return;
  }
  lines.push_back(
      {"keep-alive", look.arm,
       look.load && fails_often(*look.load) ? CheckWord::refused : CheckWord::warning,
       fmt::format("closes after each answer ({}): every request is measured with a new connection",
                   look.answer->minor_version == 0 ? "HTTP/1.0" : "Connection: close"),
       "use a server that keeps connections: gunicorn with --worker-class gthread, or waitress, "
       "and not a framework's development server"});
}

void check_errors(const ArmLook& look, Lines& lines) {
  if (look.died && !look.failed) {
    lines.push_back({"stays up", look.arm, CheckWord::refused, *look.died,
                     "it ends by itself: look at what it writes, and run its command by hand"});
    return;
  }
  if (!look.load) return;
  const LoadLook& load = *look.load;
  const std::uint64_t errors = error_count(load);
  if (!fails_often(load) || closes(look)) return;  // what closes has been told already
  const double share =
      static_cast<double>(errors) / static_cast<double>(std::max<std::uint64_t>(load.sent, 1));
  lines.push_back({"errors", look.arm,
                   share > kMostlyErrors ? CheckWord::refused : CheckWord::warning,
                   fmt::format("{} of {} requests failed at {}: {}", errors, load.sent,
                               format_rate(load.asked_rate), kinds_of(load)),
                   load.errors.contains("timeout")
                       ? "does it answer 16 connections at once? Fewer: --set load.connections=4"
                       : "look at what the service writes while it is asked"});
}

void check_descriptors(const Suite& suite, const ArmLook& look, Lines& lines) {
  if (!look.load || look.load->ok == 0) return;
  // Half a second after our connections were closed. A pool of its own may have filled meanwhile.
  constexpr long kPool = 10;
  // Between processes of the target a connection of a pool is open at both of its ends.
  // To another service it is open at this one, as far as the look sees.
  const long within = 2 * long{suite.load.connections} * (static_cast<long>(look.processes) - 1) +
                      long{suite.load.connections} * static_cast<long>(look.beside);
  const long held = std::max(kPool, long{suite.load.connections} * 4 / 5);
  if (look.descriptors_grew_by < held + std::max(0L, within)) return;
  lines.push_back(
      {"closes connections", look.arm, CheckWord::refused,
       fmt::format("{} more descriptors are open after {} requests over {} connections, "
                   "which are closed: it leaks connections or files, and will fail in "
                   "mid-run",
                   look.descriptors_grew_by, look.load->sent, suite.load.connections),
       "close a connection that the caller has closed, and what each request opens; "
       "/proc/PID/fd shows what they are"});
}

/// What the run offers: the looks may have been made with more.
double planned_rate(const Suite& suite, std::span<const ArmLook> looks) {
  const OfferedRate& asked = suite.load.levels.front();
  if (const double* fixed = std::get_if<double>(&asked)) return *fixed;
  return looks.front().capacity * std::get<CapacityShare>(asked).share;
}

void check_rate(const Suite& suite, std::span<const ArmLook> looks, Lines& lines) {
  const ArmLook* slowest = nullptr;
  double least = 1;
  for (const ArmLook& look : looks) {
    if (!look.load || look.load->asked_rate <= 0 || error_count(*look.load) > 0 || look.died)
      continue;
    const double share = look.load->achieved_rate / look.load->asked_rate;
    const bool enough = look.load->achieved_rate * kTooSlow >= planned_rate(suite, looks);
    if (share >= kTooSlow || share >= least || enough) continue;
    least = share;
    slowest = &look;
  }
  if (slowest == nullptr) return;
  const LoadLook& load = *slowest->load;
  const bool may_warm = compiles_while_it_runs(slowest->runtime);
  lines.push_back(
      {"rate", slowest->arm,
       may_warm || least > kHopelesslySlow ? CheckWord::warning : CheckWord::refused,
       fmt::format("answers {} of the offered {}{}", format_rate(load.achieved_rate),
                   format_rate(load.asked_rate), may_warm ? ", still cold" : ""),
       fmt::format("lower the rate: --rate {0}, or --set load.rate={0}",
                   fmt::format("{:.0f}/s", offered_share(load.achieved_rate, kSafeShare)))});
}

void check_metering(const ArmLook& look, Lines& lines) {
  if (look.metered || look.failed || !look.load) return;
  lines.push_back({"CPU", look.arm, CheckWord::warning,
                   "cannot be metered: tracetax did not start the service",
                   "give its process: \"pid\", or let tracetax start it: \"command\""});
}

void check_warm(const Suite& suite, const ArmLook& look, Lines& lines) {
  if (!look.load || look.load->window_costs_us.size() < 5) return;
  const std::vector<double>& costs = look.load->window_costs_us;
  const bool falls = still_falls(costs);
  const bool compiles = compiles_while_it_runs(look.runtime);
  const double seen_s = look.load->windows_s * static_cast<double>(costs.size());
  if (suite.design.until_steady) {
    lines.push_back({"warm", look.arm, CheckWord::ok,
                     fmt::format("warms up until CPU per request is steady, at most {}",
                                 format_duration(suite.design.warmup_limit)),
                     ""});
    return;
  }
  if (!falls && !compiles) {
    lines.push_back(
        {"warm", look.arm, CheckWord::ok,
         fmt::format("CPU per request is steady from the start: {:.3g} us", costs.back()), ""});
    return;
  }
  std::vector<std::string> texts;
  for (const double cost : costs) texts.push_back(fmt::format("{:.0f}", cost));
  const double warmup_s = std::chrono::duration<double>(suite.design.warmup).count();
  // Of a few dozen requests a window the cost wanders by itself, and a program in no runtime that
  // is known has nothing to compile.
  constexpr double kEnoughRequests = 100;
  const bool tells =
      !look.runtime.empty() || look.load->asked_rate * look.load->windows_s >= kEnoughRequests;
  const bool too_short = falls && tells && warmup_s < seen_s;
  lines.push_back(
      {"warm", look.arm, too_short ? CheckWord::refused : CheckWord::warning,
       fmt::format("{}CPU per request falls after the start: {} us in {:.1f} s{}",
                   compiles ? fmt::format("{} compiles while it runs; ", look.runtime) : "",
                   fmt::join(texts, ", "), seen_s,
                   too_short ? fmt::format(", and the warm-up lasts {}",
                                           format_duration(suite.design.warmup))
                             : ""),
       "--set design.warmup='until steady', and --set design.processes=kept so that it "
       "need not warm up in every block"});
}

}  // namespace

bool still_falls(const std::vector<double>& window_costs_us) {
  if (window_costs_us.empty()) return false;
  SegmentRecord like;
  like.third_costs_us = costs_of_thirds({window_costs_us.begin() + 1, window_costs_us.end()});
  return still_warming(like);
}

std::vector<CheckLine> service_checks(const Suite& suite, std::span<const ArmLook> looks) {
  Lines lines;
  check_ready(suite, looks, lines);
  for (const ArmLook& look : looks) {
    const bool first = &look == looks.data();
    if (first || look.failed) check_answer(look, lines);
    if (first) check_keep_alive(look, lines);
    check_errors(look, lines);
    check_descriptors(suite, look, lines);
    if (first) check_metering(look, lines);
    if (first) check_warm(suite, look, lines);
  }
  if (!looks.empty()) check_rate(suite, looks, lines);
  return lines;
}

}  // namespace tracetax
