// The folder that {dir} stands for: of one service, empty at its start, gone with this object. The
// service's keeper removes it too (LaunchSpec::folder), for a driver that is killed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "harness/core/text/error.h"

namespace tracetax {

class DataFolder {
 public:
  /// In the folder for temporary files. With a `user` and as root it is that user's. Error (usage)
  /// if there is no such user, (internal) if it cannot be made.
  [[nodiscard]] static Result<DataFolder> make(const std::string& user);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  ~DataFolder();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Files by their names in the folder, with what they hold.
  [[nodiscard]] Status write(const std::map<std::string, std::string>& files);

 private:
  DataFolder() = default;
  std::string path_;
  std::string user_;
};

/// `argv` as `user` runs it: unchanged if there is none, or if this program is not root.
[[nodiscard]] std::vector<std::string> run_as(const std::string& user,
                                              std::vector<std::string> argv);

}  // namespace tracetax
