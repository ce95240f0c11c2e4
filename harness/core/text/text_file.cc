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

Status write_file(const std::string& path, std::string_view content) {
  const auto wrong = [&] {
    return failure(ExitCode::usage,
                   fmt::format("{}: cannot be written: {}", quote(path), std::strerror(errno)));
  };
  const std::string temporary = path + ".part";
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return wrong();
  while (!content.empty()) {
    const ssize_t n = write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      close(fd);
      unlink(temporary.c_str());
      errno = error;
      return wrong();
    }
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  if (close(fd) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) return wrong();
  return {};
}

}  // namespace tracetax
