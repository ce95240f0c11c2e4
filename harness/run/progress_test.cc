// SPDX-License-Identifier: Apache-2.0
#include "harness/run/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

RunProgress third_block() {
  RunProgress progress;
  progress.block = 3;
  progress.blocks = 10;
  progress.arm = "on@10%";
  progress.step = "measure";
  progress.rate = 9200;
  progress.left = 68s;
  return progress;
}

/// What a ProgressLine wrote, read back from a temporary file.
class Written {
 public:
  ~Written() { std::fclose(file_); }
  [[nodiscard]] std::FILE* file() const { return file_; }
  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(std::ftell(file_)), '\0');
    std::rewind(file_);
    text.resize(std::fread(text.data(), 1, text.size(), file_));
    return text;
  }

 private:
  std::FILE* file_ = std::tmpfile();
};

TEST(Progress, LineSaysWhereTheRunIs) {
  EXPECT_EQ(format_progress(third_block(), true),
            "block 3/10 · arm on@10% · measure · " + format_rate(9200) + " · 1m08s left");
  EXPECT_EQ(format_progress(third_block(), false).find("·"), std::string::npos);
  RunProgress ramp;
  ramp.cell = "gin/users";
  ramp.step = "ramp";
  EXPECT_EQ(format_progress(ramp, false), "gin/users - finding what off can do");
}

TEST(Progress, TimeLeftIsRoundedUp) {
  EXPECT_EQ(format_time_left(400ms), "1s");
  EXPECT_EQ(format_time_left(59s), "59s");
  EXPECT_EQ(format_time_left(59'001ms), "1m00s");
  EXPECT_EQ(format_time_left(2h + 5min + 10s), "2h05m");
}

TEST(Progress, LineFitsANarrowTerminal) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_TRUE(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  const winsize narrow{.ws_row = 24, .ws_col = 40, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(ioctl(master, TIOCSWINSZ, &narrow), 0);
  std::FILE* out = std::fopen(ptsname(master), "w");
  ASSERT_NE(out, nullptr);
  {
    ProgressLine line{out, ProgressStyle::terminal, true};
    line.show(third_block());
  }
  char written[512] = {};
  const ssize_t n = read(master, written, sizeof written);
  const std::string start = "\r\x1b[K",
                    text{written, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  ASSERT_TRUE(text.starts_with(start)) << text;
  const std::string line = text.substr(start.size(), text.find('\r', 1) - start.size());
  EXPECT_EQ(display_width(line), 39U) << line;
  EXPECT_TRUE(line.starts_with("block 3/10 · arm on@10% · measure")) << line;
  std::fclose(out);
  close(master);
}

TEST(Progress, TerminalIsRedrawnAtMostFourTimesASecond) {
  const Written out;
  ProgressLine line{out.file(), ProgressStyle::terminal, false};
  const ProgressLine::Clock::time_point start{};
  RunProgress progress = third_block();
  progress.step = "launch";
  line.show(progress, start);
  line.show(progress, start + 100ms);
  progress.step = "drain";
  line.show(progress, start + 260ms);
  progress.step = "measure";
  line.show(progress, start + 270ms);
  line.clear();
  const std::string text = out.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 4);
  EXPECT_NE(text.find("drain"), std::string::npos);
  EXPECT_NE(text.find("measure"), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(Progress, ElsewhereALineEveryTenSeconds) {
  const Written out;
  ProgressLine line{out.file(), ProgressStyle::plain, false};
  const ProgressLine::Clock::time_point start{};
  for (int second = 0; second <= 20; ++second) line.show(third_block(), start + second * 1s);
  const std::string text = out.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Progress, QuietSaysNothing) {
  const Written out;
  ProgressLine line{out.file(), progress_style(true, 2), false};
  line.show(third_block());
  EXPECT_TRUE(out.text().empty());
}

TEST(Progress, AFileIsNoTerminal) {
  const Written out;
  EXPECT_EQ(progress_style(false, fileno(out.file())), ProgressStyle::plain);
}

}  // namespace
}  // namespace tracetax
