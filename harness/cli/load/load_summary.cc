// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_summary.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/cli/load/load_otlp.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/wrap.h"
#include "harness/core/validity.h"
#include "harness/core/void_hint.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<const char*, double>, 4> kQuantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

double us_per_request(Nanos cpu, const LoadResult& result) {
  return result.ok == 0 ? 0
                        : static_cast<double>(cpu.count()) / 1e3 / static_cast<double>(result.ok);
}

// Spinning is waiting and no work, but it uses CPU. So both are told apart.
std::string driver_words(const LoadResult& result) {
  std::string words = fmt::format("{:.2f} us CPU per request",
                                  us_per_request(result.cpu - result.cpu_spinning, result));
  if (result.cpu_spinning > result.cpu / 100) {
    words += fmt::format(", and {:.0f} % of a CPU busy-waiting",
                         100 * static_cast<double>(result.cpu_spinning.count()) /
                             static_cast<double>(std::max(result.elapsed, Nanos{1}).count()));
  }
  return words;
}

constexpr std::size_t kWidth = 80;
constexpr const char* kNotSupported = "-";

std::string time_cell(const Histogram& histogram, double quantile) {
  if (!histogram.supports(quantile)) return kNotSupported;
  return format_nanos(static_cast<double>(histogram.percentile(quantile * 100)));
}

std::string time_row(std::string_view name, const Histogram& histogram) {
  if (histogram.empty()) return "";
  std::string row =
      fmt::format("  {:<9}{:>9}", name, format_nanos(static_cast<double>(histogram.min())));
  for (const auto& [label, quantile] : kQuantiles)
    row += fmt::format("{:>9}", time_cell(histogram, quantile));
  return row + fmt::format("{:>9}{:>9}\n", format_nanos(static_cast<double>(histogram.max())),
                           format_nanos(histogram.mean()));
}

// Of streams: to the first message, and from one to the next.
std::string message_rows(const LoadResult& result) {
  return time_row(" first", result.times.first_message) +
         time_row(" gap", result.times.message_gap);
}

Json times_json(const Histogram& histogram) {
  Json json = {{"count", histogram.count()}};
  json["min"] = histogram.empty() ? Json(nullptr) : Json(histogram.min());
  for (const auto& [label, quantile] : kQuantiles) {
    json[label] =
        histogram.supports(quantile) ? Json(histogram.percentile(quantile * 100)) : Json(nullptr);
  }
  json["max"] = histogram.empty() ? Json(nullptr) : Json(histogram.max());
  json["mean"] = histogram.empty() ? Json(nullptr) : Json(histogram.mean());
  return json;
}

}  // namespace

std::string loop_words(const LoadOptions& options) {
  if (options.closed && options.think.mean > Nanos{0})
    return fmt::format("closed loop, {}{} think time", options.think.exponential ? "mean " : "",
                       format_duration(options.think.mean));
  if (options.closed) return "closed loop";
  return fmt::format("open loop, {} {}",
                     options.stages.empty() ? format_rate(options.rate)
                                            : fmt::format("{} stages", options.stages.size()),
                     options.arrivals == Arrivals::poisson ? "Poisson" : "constant");
}

namespace {

std::string what_is_sent(const LoadOptions& options) {
  if (options.otlp) return otlp_words(*options.otlp);
  return options.grpc ? std::string(name_of(Protocol::grpc)) : options.what;
}

std::string stream_words(const LoadOptions& options) {
  const std::string_view protocol = name_of(options.scenario.protocol);
  if (options.scenario.protocol == Protocol::http1) return "";
  return fmt::format(" of up to {} {} stream{}", options.streams, protocol,
                     options.streams == 1 ? "" : "s");
}

std::string stage_name(const StageResult& stage) {
  const auto seconds = [](Nanos at) { return static_cast<double>(at.count()) / 1e9; };
  return fmt::format("{:g} to {:g} s", seconds(stage.begin), seconds(stage.end));
}

double per_second(double count, const StageResult& stage) {
  return count / (static_cast<double>((stage.end - stage.begin).count()) / 1e9);
}

// What was answered in a stage is told by when it was, the times by when the request was due.
std::string stage_rows(const LoadResult& result) {
  if (result.stages.empty()) return "";
  std::string text = fmt::format("  {:<16}{:>12}{:>12}{:>12}{:>12}{:>9}\n", "stage", "from", "to",
                                 "asked", "achieved", "p99");
  for (const StageResult& stage : result.stages) {
    text += fmt::format("  {:<16}{:>12}{:>12}{:>12}{:>12}{:>9}\n", stage_name(stage),
                        format_rate(stage.rate_from), format_rate(stage.rate_to),
                        format_rate(per_second(stage.asked, stage)),
                        format_rate(per_second(static_cast<double>(stage.ok), stage)),
                        time_cell(stage.response, 0.99));
  }
  return text + "\n";
}

Json stages_json(const LoadResult& result) {
  Json stages = Json::array();
  for (const StageResult& stage : result.stages) {
    stages.push_back({{"begin_s", static_cast<double>(stage.begin.count()) / 1e9},
                      {"end_s", static_cast<double>(stage.end.count()) / 1e9},
                      {"rate_from", stage.rate_from},
                      {"rate_to", stage.rate_to},
                      {"asked_rate", per_second(stage.asked, stage)},
                      {"achieved_rate", per_second(static_cast<double>(stage.ok), stage)},
                      {"response_ns", times_json(stage.response)}});
  }
  return stages;
}

std::string threshold_rows(std::span<const ThresholdVerdict> verdicts) {
  std::string text;
  for (const ThresholdVerdict& verdict : verdicts) {
    const std::string tail = verdict.reason.empty() ? verdict.shown : verdict.reason;
    text += wrapped(tail, kWidth,
                    fmt::format("  {:<20} {:<13}", verdict.threshold, name_of(verdict.word)),
                    std::string(36, ' '));
  }
  return text.empty() ? "" : "\n" + text;
}

Json thresholds_json(std::span<const ThresholdVerdict> verdicts) {
  Json thresholds = Json::array();
  for (const ThresholdVerdict& verdict : verdicts) {
    thresholds.push_back(
        {{"threshold", verdict.threshold},
         {"verdict", name_of(verdict.word)},
         {"value", verdict.value ? Json(*verdict.value) : Json(nullptr)},
         {"reason", verdict.reason.empty() ? Json(nullptr) : Json(verdict.reason)}});
  }
  return thresholds;
}

}  // namespace

ExitCode verdict_of(const LoadOptions& options, const LoadResult& result) {
  using Word = ThresholdVerdict::Word;
  const auto verdicts = judge(options.thresholds, result, options.closed, false);
  const auto any = [&](Word word) {
    return std::ranges::any_of(verdicts, [&](const auto& verdict) { return verdict.word == word; });
  };
  if (result.ok == 0) return ExitCode::invalid;
  if (any(Word::fail)) return ExitCode::fail;
  if (failed_too_often(options, result)) return ExitCode::invalid;
  return any(Word::cannot_tell) ? ExitCode::inconclusive : ExitCode::pass;
}

bool failed_too_often(const LoadOptions& options, const LoadResult& result) {
  const auto tries = static_cast<double>(attempts(result.ok, result.error_total(), result.sent));
  return result.ok == 0 ||
         static_cast<double>(result.error_total()) > options.max_errors.share() * tries;
}

std::vector<std::string> load_warnings(const LoadOptions& options, const LoadResult& result,
                                       bool interrupted) {
  std::vector<std::string> warnings;
  const double seconds = static_cast<double>(result.elapsed.count()) / 1e9;
  if (interrupted) {
    warnings.push_back(
        fmt::format("interrupted: the numbers are those of the {:.1f} s before", seconds));
  }
  if (!result.redirected_to.empty()) {
    warnings.push_back(fmt::format(
        "answers pointed to {}, and redirects are not followed: each is an error; ask for that, or "
        "give --expect-status 3xx if a redirect is right",
        quote(result.redirected_to)));
  }
  if (result.otlp) {
    for (std::string& warning : otlp_warnings(result)) warnings.push_back(std::move(warning));
  }
  const std::uint64_t errors = result.error_total();
  const std::string hint = errors == 0 ? "" : "; of the target: " + error_hint(result.errors);
  if (result.ok == 0) {
    warnings.push_back("no request was answered as expected" + hint);
    return warnings;
  }
  const std::uint64_t tries = attempts(result.ok, errors, result.sent);
  if (too_many_errors(errors, result.sent)) {
    warnings.push_back(fmt::format(
        "{} errors in {} {}: the times are those of the answers that came{}", format_count(errors),
        format_count(tries), tries > result.sent ? "attempts" : "requests", hint));
  }
  if (result.times.service().overflows() > 0) {
    warnings.push_back(fmt::format("{} times were longer than an hour and are recorded as one",
                                   result.times.service().overflows()));
  }
  if (options.closed) return warnings;
  // What failed at once was no burden: errors are told apart from a target that is too slow.
  double failed_at_once = 0;
  for (const auto& [kind, times] : result.errors)
    failed_at_once += comes_of_overload(kind) ? 0 : static_cast<double>(times);
  const double done = result.achieved_rate + (seconds > 0 ? failed_at_once / seconds : 0);
  if (!interrupted && done < kMinAchievedShare * result.asked_rate) {
    warnings.push_back(fmt::format(
        "only {} of {} were achieved: the target (or this driver) is saturated; lower --rate "
        "or raise --connections",
        format_rate(result.achieved_rate), format_rate(result.asked_rate)));
  }
  if (result.late > 0) {
    warnings.push_back(
        fmt::format("{} requests came due while {} others were waiting already (--queue) and were "
                    "never sent",
                    format_count(result.late), format_count(options.queue)));
  }
  // The p95 voids a segment of `tracetax run`, the p99 takes its response p99 away.
  const double limit_ns = lag_limit_ns(result.times);
  const bool was_late = driver_was_late(result.times, limit_ns);
  const double percentile = was_late ? kLagPercentile : 99;
  if (was_late ||
      (result.times.lag.supports(0.99) && driver_was_late(result.times, limit_ns, percentile))) {
    warnings.push_back(fmt::format(
        "the driver was late itself: lag p{:.0f} {} is above {}; {} that. Give it a CPU of its "
        "own, or lower the rate",
        percentile, format_nanos(static_cast<double>(result.times.lag.percentile(percentile))),
        format_nanos(limit_ns), was_late ? "response times include" : "response p99 includes"));
  }
  return warnings;
}

std::string load_text(const LoadOptions& options, const LoadResult& result, bool interrupted) {
  std::string text = fmt::format(
      "{} {}\n{}, {} connection{}{}, {} thread{}{}\n\n", what_is_sent(options), options.url,
      loop_words(options), options.connections, options.connections == 1 ? "" : "s",
      stream_words(options), options.threads, options.threads == 1 ? "" : "s",
      options.closed ? "" : fmt::format(", release {}", name_of(options.release)));
  const double seconds = static_cast<double>(result.elapsed.count()) / 1e9;
  const std::uint64_t tries = attempts(result.ok, result.error_total(), result.sent);
  text += fmt::format("  requests  {}{} in {:.2f} s\n", format_count(result.ok),
                      tries == result.ok ? "" : fmt::format(" of {} tried", format_count(tries)),
                      seconds);
  text += options.closed
              ? fmt::format("  rate      {}\n", format_rate(result.achieved_rate))
              : fmt::format("  rate      {} of {} asked\n", format_rate(result.achieved_rate),
                            format_rate(result.asked_rate));
  if (result.sent != 0 && options.sampling.share() > 0) {
    text += fmt::format(
        "  sampled   {} requests\n",
        format_count(static_cast<std::uint64_t>(result.times.response_sampled.count())));
  }
  if (options.scenario.answers_with_messages) {
    text += fmt::format(
        "  messages  {}, {:.4g} a call, {}\n", format_count(result.times.messages()),
        static_cast<double>(result.times.messages()) /
            static_cast<double>(std::max<std::uint64_t>(1, result.ok)),
        format_rate(seconds > 0 ? static_cast<double>(result.times.messages()) / seconds : 0));
  }
  if (result.otlp) text += otlp_rows(options, result);
  text += fmt::format("  received  {}\n", format_bytes(static_cast<double>(result.bytes_received)));
  std::string errors = format_count(result.error_total());
  for (const auto& [kind, count] : result.errors)
    errors += fmt::format("{} {} {}", errors.find(' ') == std::string::npos ? ":" : ",", kind,
                          format_count(count));
  text += wrapped(errors, kWidth, "  errors    ", std::string(12, ' '));
  if (result.reconnects + result.retries > 0) {
    text +=
        fmt::format("  reopened  {} connections, {} requests sent again (these are no errors)\n",
                    format_count(result.reconnects), format_count(result.retries));
  }
  text += fmt::format("  driver    {}\n\n", driver_words(result));

  text += stage_rows(result);
  const std::size_t table_at = text.size();
  text += fmt::format("  {:<9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}\n", "", "min", "p50", "p90",
                      "p99", "p99.9", "max", "mean");
  if (options.closed) {
    text += time_row("service", result.times.service()) + message_rows(result);
    text +=
        "\n  Closed loop: times say how long answers took back to back, not how long a\n"
        "  user would have waited. Use --rate for response times.\n";
  } else {
    text += time_row("response", result.times.response());
    if (result.times.response_sampled.count() > 0 && result.times.response_unsampled.count() > 0) {
      text += time_row(" sampled", result.times.response_sampled);
      text += time_row(" others", result.times.response_unsampled);
    }
    text += time_row("service", result.times.service());
    text += message_rows(result);
    text += time_row("lag", result.times.lag);
    text += time_row(" unread", result.lay_unread);
    if (!result.times.lag_held_up.empty()) text += time_row(" stalled", result.times.lag_held_up);
    if (result.times.wait.max() > 0) text += time_row("wait", result.times.wait);
  }
  if (text.find(fmt::format("{:>9}", kNotSupported), table_at) != text.npos)
    text += "\n  -: not known, for fewer than ten of the times lie beyond it.\n";
  if (result.machine_stalls > 0) {
    text += fmt::format(
        "\n  The machine stalled {} time{}, {} in all, and held up {} requests\n  (\"stalled\"). "
        "The driver is not to blame, but the response times include it.\n",
        result.machine_stalls, result.machine_stalls == 1 ? "" : "s",
        format_nanos(static_cast<double>(result.machine_stalled.count())),
        format_count(static_cast<std::uint64_t>(result.times.lag_held_up.count())));
  }
  text += threshold_rows(judge(options.thresholds, result, options.closed, interrupted));
  for (const std::string& warning : load_warnings(options, result, interrupted))
    text += "\n" + wrapped(warning, kWidth, "  warning: ", std::string(11, ' '));
  return text;
}

std::string load_json(const LoadOptions& options, const LoadResult& result, bool interrupted) {
  Json json = {
      {"schema", "tracetax/load"},
      {"schema_version", "1.0.0"},
      {"url", options.url},
      {"method", options.grpc ? options.grpc->method : options.what},
      {"protocol", name_of(options.scenario.protocol)},
      {"loop", options.closed ? "closed" : "open"},
      {"arrivals", options.closed
                       ? Json(nullptr)
                       : Json(options.arrivals == Arrivals::poisson ? "poisson" : "constant")},
      {"connections", options.connections},
      {"streams", options.scenario.protocol == Protocol::http1 ? 1 : options.streams},
      {"threads", options.threads},
      {"release", name_of(options.release)},
      {"seed", options.seed},
      {"sampling", options.sampling.share()},
      {"context", names_of(options.context)},
      {"requests", result.ok},
      {"sent", result.sent},
      {"errors", Json::object()},
      {"interrupted", interrupted},
      {"late", result.late},
      {"reconnects", result.reconnects},
      {"retries", result.retries},
      {"rate",
       {{"asked", options.closed ? Json(nullptr) : Json(result.asked_rate)},
        {"achieved", result.achieved_rate}}},
      {"duration_s", static_cast<double>(result.elapsed.count()) / 1e9},
      {"bytes_sent", result.bytes_sent},
      {"bytes_received", result.bytes_received},
      {"cpu_us_per_request",
       result.ok == 0 ? Json(nullptr) : Json(us_per_request(result.cpu, result))},
      {"cpu_spinning_us_per_request",
       result.ok == 0 ? Json(nullptr) : Json(us_per_request(result.cpu_spinning, result))},
      {"response_ns", times_json(result.times.response())},
      {"service_ns", times_json(result.times.service())},
      {"lag_ns", times_json(result.times.all_lag())},
      {"lay_unread_ns", times_json(result.lay_unread)},
      {"machine_stalls",
       {{"count", result.machine_stalls},
        {"total_ms", static_cast<double>(result.machine_stalled.count()) / 1e6},
        {"requests", result.times.lag_held_up.count()}}},
      {"wait_ns", times_json(result.times.wait)}};
  for (const auto& [kind, count] : result.errors) json["errors"][kind] = count;
  if (options.sampling.share() > 0) {
    json["response_sampled_ns"] = times_json(result.times.response_sampled);
    json["response_unsampled_ns"] = times_json(result.times.response_unsampled);
  }
  if (options.scenario.answers_with_messages) {
    json["messages"] = result.times.messages();
    json["first_message_ns"] = times_json(result.times.first_message);
    json["message_gap_ns"] = times_json(result.times.message_gap);
  }
  if (result.otlp) json["otlp"] = otlp_json(options, result);
  if (!result.stages.empty()) json["stages"] = stages_json(result);
  if (!options.thresholds.empty()) {
    json["thresholds"] =
        thresholds_json(judge(options.thresholds, result, options.closed, interrupted));
  }
  json["warnings"] = load_warnings(options, result, interrupted);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tracetax
