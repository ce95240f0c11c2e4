// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/cgroup.h"

#include <charconv>
#include <functional>
#include <string_view>

#include "harness/run/process/proc_files.h"

namespace tracetax {
namespace {

/// Version 1 has no word for "no limit" but a number near 2^63.
constexpr std::uint64_t kNoMemoryLimit = std::uint64_t{1} << 60;

/// The path of this process's group: of `controller` in version 1, of everything if it is empty.
std::optional<std::string> group_of(const std::string& root, std::string_view controller) {
  const auto text = read_small_file(root + "/proc/self/cgroup");
  std::string_view left = text ? std::string_view{*text} : std::string_view{};
  while (!left.empty()) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    // "4:cpu,cpuacct:/a/b" in version 1, "0::/a/b" in version 2
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string names = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const std::string wanted = "," + std::string(controller) + ",";
    if (names.find(wanted) != std::string::npos) return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

/// Asks `read` for the group and then for each of its parents, until it answers.
std::optional<std::string> nearest(
    const std::string& mount, std::string group,
    const std::function<std::optional<std::string>(const std::string&)>& read) {
  while (true) {
    if (auto found = read(mount + group)) return found;
    if (group.empty()) return std::nullopt;
    group.erase(group.find_last_of('/'));
  }
}

std::string first_mount(const std::string& root, std::string_view controller) {
  for (const std::string_view name : {controller, std::string_view{"cpu,cpuacct"}}) {
    const std::string mount = root + "/sys/fs/cgroup/" + std::string(name);
    if (read_small_file(mount + "/cgroup.procs") || read_small_file(mount + "/tasks")) return mount;
  }
  return root + "/sys/fs/cgroup/" + std::string(controller);
}

bool is_unified(const std::string& root) {
  return read_small_file(root + "/sys/fs/cgroup/cgroup.controllers").has_value();
}

std::string limit_or_max(const std::optional<std::string>& found) { return found.value_or("max"); }

std::string unified_limit(const std::string& root, const std::string& file) {
  const std::string mount = root + "/sys/fs/cgroup";
  return limit_or_max(nearest(mount, group_of(root, "").value_or(""), [&](const auto& folder) {
    auto text = read_small_file(folder + "/" + file);
    return text && !text->starts_with("max") ? text : std::nullopt;
  }));
}

std::string cpu_limit_v1(const std::string& root) {
  const std::string group = group_of(root, "cpu").value_or("");
  return limit_or_max(nearest(first_mount(root, "cpu"), group,
                              [](const std::string& folder) -> std::optional<std::string> {
                                const auto quota = read_small_file(folder + "/cpu.cfs_quota_us");
                                const auto period = read_small_file(folder + "/cpu.cfs_period_us");
                                if (!quota || !period || quota->starts_with('-')) return {};
                                return *quota + " " + *period;
                              }));
}

std::string memory_limit_v1(const std::string& root) {
  const std::string group = group_of(root, "memory").value_or("");
  return limit_or_max(nearest(first_mount(root, "memory"), group,
                              [](const std::string& folder) -> std::optional<std::string> {
                                auto text = read_small_file(folder + "/memory.limit_in_bytes");
                                if (!text) return {};
                                std::uint64_t bytes = 0;
                                std::from_chars(text->data(), text->data() + text->size(), bytes);
                                return bytes < kNoMemoryLimit ? text : std::nullopt;
                              }));
}

}  // namespace

CgroupLimits cgroup_limits(const std::string& root) {
  if (is_unified(root)) {
    return {unified_limit(root, "cpu.max"), unified_limit(root, "memory.max")};
  }
  if (!group_of(root, "cpu") && !group_of(root, "memory")) return {};
  return {cpu_limit_v1(root), memory_limit_v1(root)};
}

std::optional<std::uint64_t> cgroup_throttled(const std::string& root) {
  const bool unified = is_unified(root);
  const std::string mount = unified ? root + "/sys/fs/cgroup" : first_mount(root, "cpu");
  const auto count = nearest(mount, group_of(root, unified ? "" : "cpu").value_or(""),
                             [](const std::string& folder) -> std::optional<std::string> {
                               const auto text = read_small_file(folder + "/cpu.stat");
                               return text ? field_of(*text, "nr_throttled") : std::nullopt;
                             });
  if (!count) return std::nullopt;
  std::uint64_t periods = 0;
  std::from_chars(count->data(), count->data() + count->size(), periods);
  return periods;
}

}  // namespace tracetax
