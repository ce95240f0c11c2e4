// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/run/stamp.h"
#include "reports/catalog.h"
#include "reports/record/result_json.h"
#include "scenarios/catalog.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;

// "2026-11-20T18:30:05.123Z" as part of a file name.
std::string compact(std::string_view stamp) {
  std::string text;
  for (const char c : stamp.substr(0, 19)) {
    if (c != '-' && c != ':') text += c;
  }
  return text;
}

/// Renames the result of an earlier run and removes its reports. They can be made from it again. If
/// they stayed, they would be taken for reports of a run that ends before it has any.
Status keep_earlier(const fs::path& result) {
  std::error_code code;
  if (!fs::exists(result, code)) return {};
  const auto written = std::chrono::file_clock::to_sys(fs::last_write_time(result, code));
  const auto stamp = compact(
      utc_stamp(std::chrono::time_point_cast<std::chrono::system_clock::duration>(written)));
  fs::path kept = result.parent_path() / fmt::format("result-{}.json", stamp);
  for (int i = 2; fs::exists(kept); ++i)
    kept = result.parent_path() / fmt::format("result-{}-{}.json", stamp, i);
  fs::rename(result, kept, code);
  if (code)
    return failure(ExitCode::usage, fmt::format("{}: cannot be renamed: {}", quote(result.string()),
                                                code.message()));
  for (const ReportFormat& format : report_formats()) {
    for (const ReportFile& file : format.make.files)
      fs::remove(result.parent_path() / file.name, code);
  }
  return {};
}

}  // namespace

class OutputFolder::Lock {
 public:
  explicit Lock(const std::string& path)
      : fd_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    // Where the file system knows no locks of folders, there is none: that is no reason not to run.
    held_by_another_ = fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  }
  ~Lock() {
    if (fd_ >= 0) close(fd_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  [[nodiscard]] bool held_by_another() const { return held_by_another_; }

 private:
  int fd_;
  bool held_by_another_;
};

Result<OutputFolder> OutputFolder::create(const std::string& asked, std::string_view suite,
                                          std::string_view started_at) {
  const std::string name =
      asked.empty() ? fmt::format("tracetax-out/{}-{}", suite, compact(started_at)) : asked;
  std::string path = name;
  std::error_code code;
  std::shared_ptr<const Lock> lock;
  for (int i = 2;; ++i) {
    fs::create_directories(path, code);
    if (code)
      return failure(ExitCode::usage,
                     fmt::format("--out {}: cannot be created: {}", quote(path), code.message()));
    if (!fs::is_directory(path, code))
      return failure(ExitCode::usage, fmt::format("--out {}: is not a folder", quote(path)));
    lock = std::make_shared<const Lock>(path);
    if (!lock->held_by_another()) break;
    if (!asked.empty()) {
      return failure(ExitCode::usage,
                     fmt::format("--out {}: another run is writing there and would lose its "
                                 "result; give each run a folder of its own, or wait for its end",
                                 quote(path)));
    }
    path = fmt::format("{}-{}", name, i);
  }
  const fs::path probe = fs::path(path) / ".writable";
  if (auto written = write_file(probe.string(), ""); !written)
    return failure(written.error().within("--out"));
  fs::remove(probe, code);
  if (auto kept = keep_earlier(fs::path(path) / "result.json"); !kept) return failure(kept.error());
  return OutputFolder(path, std::move(lock));
}

Status OutputFolder::save_result(const RunResult& result) const {
  return write_file(path_ + "/result.json", write_result_json(result, analyse(result)));
}

Result<std::vector<std::string>> OutputFolder::save_reports(const RunResult& result,
                                                            const Analysis& analysis,
                                                            const FormatChoices& asked) const {
  std::vector<std::string> written{path_ + "/result.json"};
  if (auto saved = write_file(written.front(), write_result_json(result, analysis)); !saved)
    return failure(saved.error());
  for (const ReportFormat& format : report_formats()) {
    std::vector<std::string> paths;
    for (const ReportFile& file : format.make.files) {
      if (file.is_wanted != nullptr && !file.is_wanted(result, analysis, asked)) continue;
      ReportOptions options;
      options.choices = file.choices;
      options.describe = describe_scenario;
      paths.push_back(path_ + "/" + file.name);
      const std::string text = format.make.write(result, analysis, options);
      if (auto saved = write_file(paths.back(), text); !saved) return failure(saved.error());
    }
    written.insert(written.begin(), paths.begin(), paths.end());
  }
  return written;
}

}  // namespace tracetax
