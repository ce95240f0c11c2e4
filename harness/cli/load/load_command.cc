// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_command.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "harness/cli/load/live_output.h"
#include "harness/cli/load/load_options.h"
#include "harness/cli/load/load_summary.h"
#include "harness/cli/load/second_line.h"
#include "harness/core/histogram/hdr_log.h"
#include "harness/core/text/text_file.h"
#include "harness/run/process/interrupt.h"
#include "scenarios/grpc/grpc_scenario.h"

namespace tracetax {
namespace {

using std::chrono::steady_clock;

// Passes an interrupt on. What asks the server before anything is measured may block where no stop
// is looked at (names, reflection): then nothing is lost by leaving at once.
class InterruptWatch {
 public:
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  void measuring_begins() { measuring_ = true; }

 private:
  static constexpr std::chrono::milliseconds kLook{50};
  static constexpr std::chrono::milliseconds kLongestGoodbye{1000};

  void watch(const std::stop_token& done) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    std::optional<steady_clock::time_point> since;
    while (!changed.wait_for(lock, done, kLook, [] { return false; }) && !done.stop_requested()) {
      if (interrupt_count().load() == 0) continue;
      if (!since) since = steady_clock::now();
      stop_.request_stop();
      const bool leaves =
          interrupt_count().load() > 1 || steady_clock::now() - *since > kLongestGoodbye;
      if (leaves && !measuring_) std::_Exit(static_cast<int>(interrupt_exit_code()));
    }
  }

  std::stop_source stop_;
  std::atomic<bool> measuring_{false};
  std::jthread thread_{[this](const std::stop_token& done) { watch(done); }};
};

LoadPhase make_phase(const LoadOptions& options, Nanos duration, std::uint64_t branch) {
  LoadPhase phase;
  phase.closed = options.closed;
  phase.rate = options.rate;
  phase.think = options.think;
  phase.arrivals = options.arrivals;
  phase.duration = duration;
  phase.arrival_seed = derive_seed(options.seed, branch);
  phase.ids = RequestIds{derive_seed(options.seed, branch + 1), options.sampling};
  return phase;
}

void warm_up(const LoadOptions& options, Engine& engine, LiveStyle style,
             const std::stop_token& stop) {
  LoadOptions here = options;  // as far as the line shows it
  here.duration = options.warmup;
  here.count.reset();
  const bool shown = style == LiveStyle::line || style == LiveStyle::view;
  LoadPhase phase = make_phase(options, options.warmup, 2);
  if (shown) phase.ticks = kLiveTicks;
  const LiveOutput live(here, engine, shown ? LiveStyle::line : LiveStyle::none);
  static_cast<void>(engine.run(phase, stop));
}

Status write_histograms(const LoadOptions& options, const LoadResult& result, double started_s) {
  const double length_s = static_cast<double>(result.elapsed.count()) / 1e9;
  if (!options.hlog_path.empty()) {
    HdrLog log{started_s, {}};
    log.intervals.push_back({"response", 0, length_s, result.times.response()});
    log.intervals.push_back({"service", 0, length_s, result.times.service()});
    if (!options.closed) log.intervals.push_back({"lag", 0, length_s, result.times.all_lag()});
    if (options.scenario.answers_with_messages) {
      log.intervals.push_back({"first_message", 0, length_s, result.times.first_message});
      log.intervals.push_back({"message_gap", 0, length_s, result.times.message_gap});
    }
    const auto text =
        write_hdr_log(log, fmt::format("tracetax load {}; values in ns", options.url));
    if (auto written = write_file(options.hlog_path, text); !written)
      return failure(written.error().within("--hlog"));
  }
  if (!options.hgrm_path.empty()) {
    auto written = write_file(options.hgrm_path, write_hgrm(result.times.response()));
    if (!written) return failure(written.error().within("--hgrm"));
  }
  return {};
}

}  // namespace

Result<ExitCode> load_command(int argc, char** argv) {
  auto parsed = parse_load_options(argc, argv);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  LoadOptions& options = **parsed;
  InterruptWatch interrupts;
  const auto failed = [](const Error& error) -> Result<ExitCode> {
    if (error.code == ExitCode::interrupted) return interrupt_exit_code();
    return failure(error);
  };
  if (options.grpc) {
    auto scenario = prepare_grpc(*options.grpc, {options.target.endpoint, options.context});
    if (!scenario) return failure(scenario.error());
    options.scenario = std::move(*scenario);
  }
  if (auto answer = check_once(options.target.endpoint, options.scenario, options.timeout,
                               interrupts.token());
      !answer) {
    return failed(answer.error());
  }
  auto engine = Engine::connect({.endpoint = options.target.endpoint,
                                 .scenario = options.scenario,
                                 .connections = options.connections,
                                 .streams = options.streams,
                                 .threads = options.threads,
                                 .release = options.release,
                                 .queue = options.queue,
                                 .timeout = options.timeout},
                                interrupts.token());
  if (!engine) return failed(engine.error());

  interrupts.measuring_begins();
  const LiveStyle style = live_style(options);
  if (options.warmup > Nanos{0}) warm_up(options, **engine, style, interrupts.token());
  const double started_s =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  LoadPhase phase = make_phase(options, options.duration, 0);
  phase.stages = options.stages;
  phase.count = options.count;
  LoadResult result;
  {
    LiveOutput live(options, **engine, style);
    if (style != LiveStyle::none) phase.ticks = kLiveTicks;
    result = (*engine)->run(phase, interrupts.token());
    live.finish(result.elapsed);
  }
  const bool interrupted = interrupt_count().load() > 0;
  if (options.json_lines) {
    fmt::print("{}", summary_line(load_json(options, result, interrupted)));
  } else {
    fmt::print("{}", options.json ? load_json(options, result, interrupted)
                                  : load_text(options, result, interrupted));
  }
  if (auto written = write_histograms(options, result, started_s); !written)
    return failure(written.error());
  if (interrupted) return interrupt_exit_code();
  return verdict_of(options, result);
}

}  // namespace tracetax
