// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/listening_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <system_error>

namespace tracetax {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "0A";  // TCP_LISTEN in /proc/PID/net/tcp

std::string link_of(const fs::path& path) {
  std::error_code code;
  return fs::read_symlink(path, code).string();
}

/// Calls `take` with the target of each descriptor of `pid`.
template <typename Take>
void for_each_descriptor(pid_t pid, const Take& take) {
  std::error_code code;
  for (fs::directory_iterator file{fmt::format("/proc/{}/fd", pid), code}, end;
       !code && file != end; file.increment(code)) {
    take(link_of(file->path()));
  }
}

/// "socket:[INODE]" -> port, of all listening sockets of our network namespace.
std::map<std::string, int> listeners() {
  std::map<std::string, int> found;
  for (const char* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream file{table};
    std::string line;
    std::getline(file, line);  // the heading
    while (std::getline(file, line)) {
      std::istringstream fields{line};
      std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
      fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
          timeout >> inode;
      const auto colon = local.rfind(':');
      if (state != kListening || colon == std::string::npos) continue;
      found[fmt::format("socket:[{}]", inode)] = std::stoi(local.substr(colon + 1), nullptr, 16);
    }
  }
  return found;
}

}  // namespace

std::vector<int> listening_ports(std::span<const pid_t> processes) {
  const std::map<std::string, int> all = listeners();
  const std::string here = link_of("/proc/self/ns/net");
  std::set<int> ports;
  for (const pid_t pid : processes) {
    if (link_of(fmt::format("/proc/{}/ns/net", pid)) != here) continue;
    for_each_descriptor(pid, [&](const std::string& what) {
      if (const auto found = all.find(what); found != all.end()) ports.insert(found->second);
    });
  }
  return {ports.begin(), ports.end()};
}

std::size_t open_descriptors(std::span<const pid_t> processes) {
  std::size_t count = 0;
  for (const pid_t pid : processes) for_each_descriptor(pid, [&](const std::string&) { ++count; });
  return count;
}

}  // namespace tracetax
