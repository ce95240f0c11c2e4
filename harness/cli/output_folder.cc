// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/output_folder.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/run/stamp.h"
#include "reports/frameworks/framework_rows.h"
#include "reports/record/result_json.h"
#include "reports/words/report.h"

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
  for (const char* report : {"report.md", "verdict.md", "frameworks.md", "frameworks.zh.md"}) {
    fs::remove(result.parent_path() / report, code);
  }
  return {};
}

}  // namespace

Result<OutputFolder> OutputFolder::create(const std::string& asked, std::string_view suite,
                                          std::string_view started_at) {
  std::string path = asked;
  if (path.empty()) path = fmt::format("tracetax-out/{}-{}", suite, compact(started_at));
  std::error_code code;
  fs::create_directories(path, code);
  if (code)
    return failure(ExitCode::usage,
                   fmt::format("--out {}: cannot be created: {}", quote(path), code.message()));
  if (!fs::is_directory(path, code))
    return failure(ExitCode::usage, fmt::format("--out {}: is not a folder", quote(path)));
  const OutputFolder folder(path);
  const fs::path probe = fs::path(path) / ".writable";
  if (auto written = write_file(probe.string(), ""); !written)
    return failure(written.error().within("--out"));
  fs::remove(probe, code);
  if (auto kept = keep_earlier(fs::path(path) / "result.json"); !kept) return failure(kept.error());
  return folder;
}

Status OutputFolder::save_result(const RunResult& result) const {
  return write_file(path_ + "/result.json", write_result_json(result, analyse(result)));
}

Status OutputFolder::save_reports(const RunResult& result, const Analysis& analysis) const {
  if (auto saved = write_file(path_ + "/result.json", write_result_json(result, analysis)); !saved)
    return saved;
  if (auto saved = write_file(path_ + "/report.md", write_markdown(result, analysis, {})); !saved)
    return saved;
  if (!analysis.judgement) return {};
  return write_file(path_ + "/verdict.md", write_pull_request(result, analysis, {}));
}

Result<std::vector<std::string>> OutputFolder::save_framework_tables(const RunResult& result,
                                                                     const Analysis& analysis,
                                                                     Language language) const {
  std::vector<std::string> paths;
  if (!has_several_targets(result)) return paths;
  for (const Language written : {Language::english, Language::chinese}) {
    if (written == Language::chinese && language != Language::chinese) continue;
    const std::string path =
        path_ + (written == Language::chinese ? "/frameworks.zh.md" : "/frameworks.md");
    ReportOptions options;
    options.language = written;
    if (auto saved = write_file(path, write_frameworks(result, analysis, options)); !saved)
      return failure(saved.error());
    paths.push_back(path);
  }
  return paths;
}

}  // namespace tracetax
