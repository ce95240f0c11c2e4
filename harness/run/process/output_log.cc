// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/output_log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tracetax {
namespace {

std::int64_t size_of(int fd) noexcept {
  struct stat facts {};
  return fstat(fd, &facts) == 0 ? facts.st_size : 0;
}

}  // namespace

Result<OutputLog> OutputLog::make() {
  const int fd = memfd_create("tracetax-log", MFD_CLOEXEC);
  // Append mode, so that a child that truncates or seeks cannot make it write over what is there.
  if (fd < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0) {
    const int reason = errno;
    if (fd >= 0) close(fd);
    return failure(ExitCode::internal,
                   fmt::format("no memory file for a program's output: {}", strerror(reason)));
  }
  return OutputLog{fd};
}

OutputLog::OutputLog(OutputLog&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), trimmed_to_(other.trimmed_to_) {}

OutputLog& OutputLog::operator=(OutputLog&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(trimmed_to_, other.trimmed_to_);
  return *this;
}

OutputLog::~OutputLog() {
  if (fd_ >= 0) close(fd_);
}

std::string OutputLog::tail(std::size_t bytes) const {
  const std::int64_t size = size_of(fd_);
  const std::int64_t start = std::max<std::int64_t>(0, size - static_cast<std::int64_t>(bytes));
  std::string text(static_cast<std::size_t>(size - start), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = pread(fd_, text.data() + filled, text.size() - filled,
                              start + static_cast<std::int64_t>(filled));
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  // What was given back reads as zeros.
  text.erase(0, std::min(text.find_first_not_of('\0'), text.size()));
  return text;
}

std::uint64_t OutputLog::written() const { return static_cast<std::uint64_t>(size_of(fd_)); }

void OutputLog::trim(std::size_t keep) {
  trimmed_to_ = trim_log_file(fd_, trimmed_to_, static_cast<std::int64_t>(keep));
}

std::int64_t trim_log_file(int fd, std::int64_t from, std::int64_t keep) noexcept {
  constexpr std::int64_t kPage = 4096;  // a hole covers whole pages
  const std::int64_t to = (size_of(fd) - keep) / kPage * kPage;
  if (to <= from) return from;
  const int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from);
  return punched == 0 ? to : from;
}

}  // namespace tracetax
