// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/suite_file.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "harness/core/text/text_file.h"

namespace tracetax {

namespace fs = std::filesystem;

struct SuiteFile::Folder {
  fs::path path;
  explicit Folder(fs::path where) : path(std::move(where)) {}
  ~Folder() {
    std::error_code code;
    fs::remove_all(path, code);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

Result<SuiteFile> SuiteFile::temporary(const JsonSource::Json& suite) {
  std::error_code code;
  std::string name = (fs::temp_directory_path(code) / "tracetax-XXXXXX").string();
  if (code || mkdtemp(name.data()) == nullptr)
    return failure(ExitCode::usage, "no folder for temporary files can be made; is TMPDIR right?");
  auto folder = std::make_shared<const Folder>(name);
  SuiteFile file{std::move(folder), name + "/suite.json"};
  if (Status written = file.write(suite); !written) return failure(written.error());
  return file;
}

Status SuiteFile::write(const JsonSource::Json& suite) const {
  return write_file(path_, suite_text(suite));
}

std::string suite_text(const JsonSource::Json& suite) { return suite.dump(2) + "\n"; }

std::string working_folder() {
  std::error_code code;
  return fs::current_path(code).string();
}

}  // namespace tracetax
