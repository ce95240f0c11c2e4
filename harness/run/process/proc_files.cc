// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace tracetax {
namespace {

std::vector<pid_t> numbers_in(std::string_view text) {
  std::vector<pid_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error == std::errc{}) numbers.push_back(value);
    at = std::max(next, at + 1);
  }
  return numbers;
}

std::vector<pid_t> numbered_entries(const std::string& folder) {
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> open{opendir(folder.c_str()), closedir};
  if (!open) return numbers;
  while (const dirent* entry = readdir(open.get())) {
    const std::string_view name = entry->d_name;
    pid_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (error == std::errc{} && end == name.data() + name.size()) numbers.push_back(value);
  }
  return numbers;
}

bool kernel_lists_children() {
  static const bool listed = access("/proc/thread-self/children", R_OK) == 0;
  return listed;
}

/// Children by the kernel's own list, which only some kernels are built with.
std::vector<pid_t> listed_children(pid_t pid) {
  std::vector<pid_t> children;
  for (const pid_t thread : threads_of(pid)) {
    const auto text = read_small_file(fmt::format("/proc/{}/task/{}/children", pid, thread));
    if (!text) continue;
    const auto found = numbers_in(*text);
    children.insert(children.end(), found.begin(), found.end());
  }
  return children;
}

struct Parentage {
  pid_t pid, parent;
};

std::vector<Parentage> all_processes() {
  std::vector<Parentage> all;
  for (const pid_t pid : numbered_entries("/proc")) {
    if (const auto stat = process_stat(pid)) all.push_back({pid, stat->parent});
  }
  return all;
}

}  // namespace

std::optional<std::string> read_small_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  std::array<char, 4096> piece;
  ssize_t got = 0;
  while ((got = read(fd, piece.data(), piece.size())) > 0) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  close(fd);
  if (got < 0) return std::nullopt;
  text.erase(text.find_last_not_of(" \t\n\r\0") + 1);
  return text;
}

std::optional<std::string> field_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t line_end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, line_end);
    text.remove_prefix(std::min(line_end + 1, text.size()));
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (!line.empty() && std::string_view(": \t").find(line.front()) == std::string_view::npos) {
      continue;  // a longer name that only begins like this one
    }
    const std::size_t first = line.find_first_not_of(": \t");
    if (first == std::string_view::npos) return std::string{};
    line.remove_prefix(first);
    return std::string(line.substr(0, line.find_last_not_of(" \t\r") + 1));
  }
  return std::nullopt;
}

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The name is in parentheses and may contain anything, so the fields start after the last one.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  std::array<std::string_view, 20> fields;  // [0] is field 3 of proc(5)
  for (auto& field : fields) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::nullopt;
    text.remove_prefix(begin);
    const std::size_t size = std::min(text.find_first_of(" \n"), text.size());
    field = text.substr(0, size);
    text.remove_prefix(size);
  }
  const auto number = [&](std::size_t proc_field) {
    const std::string_view field = fields[proc_field - 3];
    std::uint64_t value = 0;
    std::from_chars(field.data(), field.data() + field.size(), value);
    return value;
  };
  ProcessStat stat;
  stat.state = fields[0].front();
  stat.parent = static_cast<pid_t>(number(4));
  stat.user_ticks = number(14);
  stat.system_ticks = number(15);
  stat.child_ticks = number(16) + number(17);
  stat.start_ticks = number(22);
  return stat;
}

std::optional<ProcessStat> process_stat(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/stat", pid));
  return text ? parse_process_stat(*text) : std::nullopt;
}

std::vector<pid_t> descendants_of(pid_t root) {
  std::vector<pid_t> found{root};
  const bool listed = kernel_lists_children();
  const std::vector<Parentage> all = listed ? std::vector<Parentage>{} : all_processes();
  for (std::size_t next = 0; next < found.size(); ++next) {
    if (listed) {
      const auto children = listed_children(found[next]);
      found.insert(found.end(), children.begin(), children.end());
      continue;
    }
    for (const Parentage& process : all) {
      if (process.parent == found[next]) found.push_back(process.pid);
    }
  }
  found.erase(found.begin());
  return found;
}

std::vector<pid_t> threads_of(pid_t pid) {
  return numbered_entries(fmt::format("/proc/{}/task", pid));
}

}  // namespace tracetax
