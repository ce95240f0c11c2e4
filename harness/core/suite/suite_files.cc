// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_files.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/core/json/json_source.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> suite_folders() {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("TRACETAX_SUITES"); chosen != nullptr && *chosen != '\0') {
    folders.emplace_back(chosen);
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  // An installed program has its own suites and takes none from a source tree that happens to be
  // there.
  const fs::path installed = (program.parent_path() / TRACETAX_INSTALLED_SUITES).lexically_normal();
  folders.push_back(!error && fs::is_directory(installed, error) ? installed
                                                                 : fs::path(TRACETAX_SUITE_DIR));
  return folders;
}

// Path by name, over all folders. The schema of suites lies beside them and is none.
std::map<std::string, fs::path> named_suites() {
  std::map<std::string, fs::path> named;
  for (const fs::path& folder : suite_folders()) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const fs::path& path = at->path();
      std::error_code unreadable;
      const bool suite = path.extension() == ".json" &&
                         !path.filename().string().ends_with(".schema.json") &&
                         at->is_regular_file(unreadable);
      if (suite) named.emplace(path.stem().string(), path);
    }
  }
  return named;
}

bool is_meant_as_path(const std::string& path_or_name) {
  return path_or_name.find('/') != std::string::npos || path_or_name.ends_with(".json");
}

}  // namespace

Result<std::string> find_suite(const std::string& path_or_name) {
  std::error_code error;
  const fs::file_status status = fs::status(path_or_name, error);
  if (fs::exists(status) && !fs::is_directory(status)) return path_or_name;
  const auto named = named_suites();
  if (const auto found = named.find(path_or_name); found != named.end())
    return found->second.string();
  if (is_meant_as_path(path_or_name)) {
    const std::string_view what =
        fs::is_directory(status) ? "is a folder, not a suite file" : "no such file";
    return failure(ExitCode::usage, fmt::format("{}: {}", quote(path_or_name), what));
  }
  std::vector<std::string> names;
  for (const auto& [name, path] : named) names.push_back(name);
  return failure(ExitCode::usage, unknown_name("suite", path_or_name, names) +
                                      " (or give the path of a suite file)");
}

Result<std::string> find_base(const std::string& path_or_name, const std::string& folder) {
  if (!is_meant_as_path(path_or_name)) return find_suite(path_or_name);
  return find_suite((fs::path(folder) / path_or_name).string());
}

std::vector<SuiteListing> list_suites() {
  std::vector<SuiteListing> listings;
  for (const auto& [name, path] : named_suites()) {
    SuiteListing listing{name, "", path.string()};
    const auto source =
        read_file(listing.path, kLargestJson).and_then([&listing](const std::string& text) {
          return JsonSource::parse(text, listing.path);
        });
    if (!source) {
      listing.description = "invalid: " + source.error().message;
    } else if (source->root().is_object() && source->root().contains("description")) {
      const auto& description = source->root()["description"];
      if (description.is_string())
        listing.description = printable(description.get<std::string>(), 200);
    }
    listings.push_back(std::move(listing));
  }
  return listings;
}

}  // namespace tracetax
