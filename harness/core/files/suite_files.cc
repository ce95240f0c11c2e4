// SPDX-License-Identifier: Apache-2.0
#include "harness/core/files/suite_files.h"

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

/// What goes by name: a folder of JSON files.
struct Shelf {
  const char* what;       // one of them is
  const char* variable;   // a folder of the user's own
  const char* installed;  // from the program's folder
  const char* source;     // in the source tree that this was built from
};
constexpr Shelf kSuites{"suite", "TRACETAX_SUITES", TRACETAX_INSTALLED_DATA "/suites",
                        TRACETAX_SCENARIOS_DIR "/suites"};
constexpr Shelf kServices{"service", "TRACETAX_SERVICES", TRACETAX_INSTALLED_DATA "/services",
                          TRACETAX_SCENARIOS_DIR "/services"};
constexpr Shelf kTopologies{"topology", "TRACETAX_SYSTEMS", TRACETAX_INSTALLED_DATA "/systems",
                            TRACETAX_SCENARIOS_DIR "/systems"};

std::vector<fs::path> folders_of(const Shelf& shelf) {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv(shelf.variable); chosen != nullptr && *chosen != '\0') {
    folders.emplace_back(chosen);
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  // An installed program has its own files and takes none from a source tree that happens to be
  // there.
  const fs::path installed = (program.parent_path() / shelf.installed).lexically_normal();
  folders.push_back(!error && fs::is_directory(installed, error) ? installed
                                                                 : fs::path(shelf.source));
  return folders;
}

// Path by name, over all folders. The schema of suites lies beside them and is none.
std::map<std::string, fs::path> named_files(const Shelf& shelf) {
  std::map<std::string, fs::path> named;
  for (const fs::path& folder : folders_of(shelf)) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const fs::path& path = at->path();
      std::error_code unreadable;
      const bool meant = path.extension() == ".json" &&
                         !path.filename().string().ends_with(".schema.json") &&
                         at->is_regular_file(unreadable);
      if (meant) named.emplace(path.stem().string(), path);
    }
  }
  return named;
}

bool is_meant_as_path(const std::string& path_or_name) {
  return path_or_name.find('/') != std::string::npos || path_or_name.ends_with(".json");
}

std::string unknown(const Shelf& shelf, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, path] : named_files(shelf)) names.push_back(known);
  return unknown_name(shelf.what, name, names);
}

std::vector<SuiteListing> list_files(const Shelf& shelf) {
  std::vector<SuiteListing> listings;
  for (const auto& [name, path] : named_files(shelf)) {
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

}  // namespace

Result<std::string> find_suite(const std::string& path_or_name) {
  std::error_code error;
  const fs::file_status status = fs::status(path_or_name, error);
  if (fs::exists(status) && !fs::is_directory(status)) return path_or_name;
  const auto named = named_files(kSuites);
  if (const auto found = named.find(path_or_name); found != named.end())
    return found->second.string();
  if (is_meant_as_path(path_or_name)) {
    const std::string_view what =
        fs::is_directory(status) ? "is a folder, not a suite file" : "no such file";
    return failure(ExitCode::usage, fmt::format("{}: {}", quote(path_or_name), what));
  }
  return failure(ExitCode::usage,
                 unknown(kSuites, path_or_name) + " (or give the path of a suite file)");
}

Result<std::string> find_base(const std::string& path_or_name, const std::string& folder) {
  if (!is_meant_as_path(path_or_name)) return find_suite(path_or_name);
  return find_suite((fs::path(folder) / path_or_name).string());
}

std::vector<SuiteListing> list_suites() { return list_files(kSuites); }

std::vector<SuiteListing> list_services() { return list_files(kServices); }

std::vector<SuiteListing> list_topologies() { return list_files(kTopologies); }

Result<std::string> find_topology(const std::string& path_or_name, const std::string& folder) {
  if (is_meant_as_path(path_or_name)) return (fs::path(folder) / path_or_name).string();
  const auto named = named_files(kTopologies);
  if (const auto found = named.find(path_or_name); found != named.end())
    return found->second.string();
  return failure(ExitCode::usage, unknown(kTopologies, path_or_name));
}

Result<std::string> find_service(const std::string& name) {
  const auto named = named_files(kServices);
  if (const auto found = named.find(name); found != named.end()) return found->second.string();
  return failure(ExitCode::usage, unknown(kServices, name));
}

}  // namespace tracetax
