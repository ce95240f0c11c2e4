// SPDX-License-Identifier: Apache-2.0
#include "harness/run/progress.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
constexpr auto kRedrawEvery = 250ms;
constexpr auto kPlainEvery = 10s;

/// Steps whose name says too little.
std::string_view words_for(std::string_view step) {
  if (step == "ramp") return "finding what off can do";
  if (step == "pilot") return "trying whether turns help";
  return step;
}

}  // namespace

std::string format_progress(const RunProgress& progress, bool utf8) {
  const std::string_view dot = utf8 ? " · " : " - ";
  std::string line;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!line.empty()) line += dot;
    line += part;
  };
  add(progress.cell);
  if (progress.blocks > 0 && progress.block > 0) {
    add(fmt::format("block {}/{}", progress.block, progress.blocks));
  }
  if (!progress.arm.empty()) add("arm " + progress.arm);
  add(std::string(words_for(progress.step)));
  if (progress.rate > 0) add(format_rate(progress.rate));
  if (progress.left > Nanos{0}) add(format_time_left(progress.left) + " left");
  add(progress.so_far);
  return line;
}

std::string format_time_left(Nanos left) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds % 3600 / 60);
}

ProgressStyle progress_style(bool quiet, int fd) {
  if (quiet) return ProgressStyle::none;
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view{term} == "dumb";
  return isatty(fd) == 1 && !dumb ? ProgressStyle::terminal : ProgressStyle::plain;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text = value;
    return text.find("UTF-8") != text.npos || text.find("utf8") != text.npos;
  }
  return false;
}

void ProgressLine::show(const RunProgress& progress, Clock::time_point now) {
  if (style_ == ProgressStyle::none) return;
  const bool terminal = style_ == ProgressStyle::terminal;
  const bool must = terminal && progress.step == "measure";
  if (last_ && !must && now - *last_ < (terminal ? Nanos{kRedrawEvery} : Nanos{kPlainEvery}))
    return;
  last_ = now;
  const std::string line = format_progress(progress, utf8_);
  if (terminal) {
    // What is longer wraps around and cannot be erased. In the last column a cursor may wrap too.
    const std::size_t columns = terminal_columns(fileno(out_));
    fmt::print(out_, "\r\x1b[K{}", cut_to_width(line, columns > 1 ? columns - 1 : columns));
    drawn_ = true;
  } else {
    fmt::print(out_, "{}\n", line);
  }
  std::fflush(out_);
}

void ProgressLine::clear() {
  if (!drawn_) return;
  fmt::print(out_, "\r\x1b[K");
  std::fflush(out_);
  drawn_ = false;
}

}  // namespace tracetax
