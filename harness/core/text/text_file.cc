// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "harness/core/text/quote.h"

namespace tracetax {

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    return failure(ExitCode::usage, fmt::format("{}: is a folder, not a file", quote(path)));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                             &std::fclose};
  if (!file)
    return failure(ExitCode::usage, fmt::format("{}: {}", quote(path), std::strerror(errno)));
  std::string text;
  char buffer[64 * 1024];
  std::size_t n = 0;
  while ((n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, n);
    if (text.size() > limit) {
      return failure(ExitCode::usage, fmt::format("{}: longer than {} bytes", quote(path), limit));
    }
  }
  if (std::ferror(file.get()) != 0)
    return failure(ExitCode::usage, fmt::format("{}: cannot be read", quote(path)));
  return text;
}

namespace {

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = write(fd, content.data(), content.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// A rename outlives a crash only once its folder is on the disk. Not every file system can do
/// that, so it is no error.
void keep_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

}  // namespace

Status write_file(const std::string& path, std::string_view content) {
  // Its own name, so that no two processes write into each other's.
  const std::string temporary = fmt::format("{}.{}.part", path, getpid());
  const auto wrong = [&] {
    auto error = failure(ExitCode::usage, fmt::format("{}: cannot be written: {}", quote(path),
                                                      std::strerror(errno)));
    unlink(temporary.c_str());
    return error;
  };
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return wrong();
  if (!write_all(fd, content) || (fsync(fd) != 0 && errno != EINVAL)) {
    auto error = wrong();
    close(fd);
    return error;
  }
  if (close(fd) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) return wrong();
  keep_folder_of(path);
  return {};
}

}  // namespace tracetax
