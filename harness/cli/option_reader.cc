// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/option_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "harness/core/quote.h"
#include "harness/core/suggest.h"

namespace tracetax {
namespace {

std::vector<std::string> option_names(const cxxopts::Options& options) {
  std::vector<std::string> names;
  for (const auto& group : options.groups()) {
    for (const auto& option : options.group_help(group).options) {
      for (const auto& name : option.l) names.push_back("--" + name);
    }
  }
  return names;
}

// cxxopts names the option inside its message; the first argument that is no known option is the one.
std::string unknown_option(const cxxopts::Options& options, const std::vector<std::string>& arguments) {
  const auto known = option_names(options);
  for (const std::string& argument : arguments) {
    if (argument.size() < 3 || !argument.starts_with("--")) continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto nearest = nearest_name(name, known);
    return fmt::format("unknown option {}{}", quote(name),
                       nearest ? fmt::format("; did you mean '{}'?", *nearest) : "; see --help");
  }
  return "";
}

}  // namespace

Result<cxxopts::ParseResult> parse_options(cxxopts::Options& options, int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    return options.parse(argc, argv);
  } catch (const cxxopts::exceptions::no_such_option& error) {
    const std::string hint = unknown_option(options, arguments);
    return failure(ExitCode::usage, hint.empty() ? std::string{error.what()} + "; see --help" : hint);
  } catch (const cxxopts::exceptions::exception& error) {
    return failure(ExitCode::usage, std::string{error.what()} + "; see --help");
  }
}

void Mistakes::add(std::string_view option, std::string_view message) {
  lines_.push_back(fmt::format("{}: {}", option, message));
}

Error Mistakes::error() const { return {ExitCode::usage, fmt::format("{}", fmt::join(lines_, "\n"))}; }

Result<std::int64_t> parse_whole(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    return failure(ExitCode::usage, fmt::format("{} is not a whole number from {} to {}", quote(text), low, high));
  }
  return value;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    return failure(ExitCode::usage, fmt::format("{}: is a folder, not a file", quote(path)));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
  if (!file) return failure(ExitCode::usage, fmt::format("{}: {}", quote(path), std::strerror(errno)));
  std::string text;
  char buffer[64 * 1024];
  std::size_t n = 0;
  while ((n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, n);
    if (text.size() > limit) {
      return failure(ExitCode::usage, fmt::format("{}: longer than {} bytes", quote(path), limit));
    }
  }
  if (std::ferror(file.get()) != 0) return failure(ExitCode::usage, fmt::format("{}: cannot be read", quote(path)));
  return text;
}

Status write_file(const std::string& path, std::string_view content) {
  const auto wrong = [&] {
    return failure(ExitCode::usage, fmt::format("{}: cannot be written: {}", quote(path), std::strerror(errno)));
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
