// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/live_output.h"

#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "harness/cli/load/live_view.h"
#include "harness/cli/load/second_line.h"
#include "harness/core/text/wrap.h"
#include "harness/run/process/pinning.h"
#include "harness/run/progress.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 250ms;
constexpr auto kCollect = 100ms;
// The terminal's other screen, and no cursor on it: what stood on the terminal stays as it was,
// and a window that changes its size does not break lines anew.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kEraseLine = "\r\x1b[K";

Screen screen_now() {
  Screen screen;
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    screen.columns = size.ws_col;
    screen.rows = size.ws_row;
  }
  const char* no_color = std::getenv("NO_COLOR");
  screen.color = no_color == nullptr || *no_color == '\0';
  screen.utf8 = locale_is_utf8();
  return screen;
}

bool terminal_can_draw() {
  const char* term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view{term} != "dumb" &&
         terminal_columns(STDERR_FILENO) > 0;
}

void write_out(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

}  // namespace

LiveStyle live_style(const LoadOptions& options) {
  if (options.json_lines) return LiveStyle::json_lines;
  if (options.quiet || isatty(STDERR_FILENO) != 1) return LiveStyle::none;
  const bool room = allowed_cpus().size() > static_cast<std::size_t>(options.threads);
  return options.tui && room && terminal_can_draw() ? LiveStyle::view : LiveStyle::line;
}

LiveOutput::LiveOutput(const LoadOptions& options, Engine& engine, LiveStyle style)
    : options_(options), engine_(engine), style_(style), ticks_(engine.workers()) {
  if (style_ == LiveStyle::none) return;
  thread_ = std::jthread([this](const std::stop_token& done) { watch(done); });
}

LiveOutput::~LiveOutput() {
  thread_ = {};
  if (drawn_) write_out(stderr, style_ == LiveStyle::view ? kLeave : kEraseLine);
}

void LiveOutput::watch(const std::stop_token& done) {
  const sched_param none{};
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_IDLE, &none));
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  const auto pause = style_ == LiveStyle::json_lines ? Nanos{kCollect} : Nanos{kRedraw};
  while (!never.wait_for(lock, done, pause, [] { return false; }) && !done.stop_requested()) {
    collect();
    if (style_ == LiveStyle::json_lines) {
      while (ticks_.complete() >= (printed_s_ + 1) * kTicksPerSecond) print_second();
    } else {
      draw();
    }
  }
}

void LiveOutput::collect() {
  engine_.take_ticks(
      [this](std::size_t worker, const LoadTick& tick) { ticks_.add(worker, tick); });
}

void LiveOutput::draw() {
  const std::int64_t number = ticks_.complete();
  totals_.add(ticks_.take_before(number), number);
  if (style_ == LiveStyle::line) {
    const std::size_t columns = terminal_columns(STDERR_FILENO);
    const std::string line = live_line(options_, totals_);
    write_out(stderr, std::string(kEraseLine) +
                          std::string(cut_to_width(line, columns > 1 ? columns - 1 : columns)));
  } else {
    const std::string_view begin = drawn_ ? kHome : kEnter;
    write_out(stderr, std::string(begin) + live_frame(options_, totals_, screen_now()));
  }
  drawn_ = true;
}

void LiveOutput::print_second() {
  const auto from = static_cast<double>(printed_s_++);
  write_out(stdout,
            second_line(ticks_.take_before(printed_s_ * kTicksPerSecond), {from, from + 1}));
}

void LiveOutput::finish(Nanos elapsed) {
  thread_ = {};
  if (style_ != LiveStyle::json_lines) return;
  collect();
  // What is left over after the last whole second, if it is but the last answers, is part of it.
  constexpr std::int64_t kLeftOver = 1;
  while (ticks_.known() > (printed_s_ + 1) * kTicksPerSecond + kLeftOver) print_second();
  if (ticks_.known() <= printed_s_ * kTicksPerSecond) return;
  const auto from_s = static_cast<double>(printed_s_);
  // The last answer, unless it went on without one.
  const double answered_s = static_cast<double>(elapsed.count()) / 1e9;
  const double last_s = static_cast<double>(ticks_.known() - 1) / kTicksPerSecond;
  const double to_s = answered_s > last_s ? answered_s : last_s + 1.0 / kTicksPerSecond;
  write_out(stdout, second_line(ticks_.take_before(ticks_.known()), {from_s, to_s}));
}

}  // namespace tracetax
