// A suite that was made from options, as the file that it is read from.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "harness/core/json/json_source.h"
#include "harness/core/text/error.h"

namespace tracetax {

class SuiteFile {
 public:
  /// In a folder of its own that goes with this object.
  [[nodiscard]] static Result<SuiteFile> temporary(const JsonSource::Json& suite);
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Writes another suite in its place.
  [[nodiscard]] Status write(const JsonSource::Json& suite) const;

 private:
  struct Folder;
  SuiteFile(std::shared_ptr<const Folder> folder, std::string path)
      : folder_(std::move(folder)), path_(std::move(path)) {}
  std::shared_ptr<const Folder> folder_;
  std::string path_;
};

/// The text of a suite file: two blanks for a step, a line break at the end.
[[nodiscard]] std::string suite_text(const JsonSource::Json& suite);

/// Where the user stands, absolute.
[[nodiscard]] std::string working_folder();

}  // namespace tracetax
