// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_bases.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "harness/core/files/suite_files.h"
#include "harness/core/json/json_fields.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBases = 16;

// The same file by whatever path it is named.
std::string one_path_of(const std::string& path) {
  std::error_code error;
  return fs::weakly_canonical(path, error).string();
}

// What "extends" names: one suite or a list of them.
std::vector<std::string> named_bases(JsonFields& fields) {
  const JsonFields::Json* extends = fields.any("extends");
  if (extends == nullptr) return {};
  if (extends->is_array()) {
    if (extends->empty()) fields.mistake("extends", "names no suite");
    return fields.texts("extends").value_or(std::vector<std::string>{});
  }
  const auto one = fields.text("extends");
  return one ? std::vector{*one} : std::vector<std::string>{};
}

}  // namespace

Status SuiteBases::put_under(JsonSource& suite) {
  if (way_.empty()) way_.push_back(one_path_of(suite.file()));
  Mistakes mistakes(suite);
  JsonFields fields(suite.root(), "", mistakes);
  const std::vector<std::string> names = named_bases(fields);
  std::optional<JsonSource> under;
  for (std::size_t i = 0; i < names.size() && mistakes.empty(); ++i) {
    auto base = read(names[i], suite.file());
    if (!base) {
      mistakes.add("/extends", base.error().message);
      break;
    }
    way_.push_back(one_path_of(base->file()));
    if (auto status = put_under(*base); !status) return status;
    way_.pop_back();
    if (under) base->put_over(*std::move(under));
    under = *std::move(base);
  }
  if (!mistakes.empty()) return failure(mistakes.error());
  if (under) suite.put_over(*std::move(under), {"name", "description"});
  return {};
}

Result<JsonSource> SuiteBases::read(const std::string& name, const std::string& named_in) {
  const auto path = find_base(name, fs::path(named_in).parent_path().string());
  if (!path) return failure(path.error());
  const auto wrong = [](std::string message) {
    return failure(ExitCode::usage, std::move(message));
  };
  if (std::ranges::find(way_, one_path_of(*path)) != way_.end()) {
    return wrong(fmt::format("{} leads back to itself: {} -> {}", quote(name),
                             fmt::join(way_, " -> "), one_path_of(*path)));
  }
  if (texts_.size() == kMostBases) {
    return wrong(fmt::format("{} is one file too many; a suite extends at most {} in all",
                             quote(name), kMostBases));
  }
  auto text = read_file(*path, kLargestJson);
  if (!text) return failure(text.error());
  texts_.push_back(std::move(*text));
  return JsonSource::parse(texts_.back(), *path);
}

}  // namespace tracetax
