// Reads what Linux tells in /proc and /sys about processes and the machine, as values. Nothing here
// measures or decides; a file that is not there is "nothing", never an error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

/// The whole of a small file, trailing white space removed. Nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> read_small_file(const std::string& path);

/// The value after "name" and a separator (colon or blanks) at the start of a line: "VmHWM:  12
/// kB".
[[nodiscard]] std::optional<std::string> field_of(std::string_view text, std::string_view name);

/// Fields of /proc/PID/stat that matter here; times in clock ticks (10 ms).
struct ProcessStat {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t user_ticks = 0, system_ticks = 0;
  std::uint64_t child_ticks = 0;  // user + system of children that ended and were waited for
  std::uint64_t start_ticks = 0;  // since boot: with the pid, the identity of a process
};
/// Reads the text of a stat file; names with blanks and parentheses are understood.
[[nodiscard]] std::optional<ProcessStat> parse_process_stat(std::string_view text);
[[nodiscard]] std::optional<ProcessStat> process_stat(pid_t pid);

/// All descendants of `root`, parents before children, without `root`. A snapshot: processes may
/// come and go while it is taken.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

/// Ids of the threads of a process.
[[nodiscard]] std::vector<pid_t> threads_of(pid_t pid);

}  // namespace tracetax
