// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/data_folder.h"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace tracetax {
namespace {

namespace fs = std::filesystem;

struct UserIds {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Nothing if this program cannot become another user, or need not.
std::optional<UserIds> ids_of(const std::string& user) {
  if (user.empty() || geteuid() != 0) return std::nullopt;
  const passwd* found = getpwnam(user.c_str());
  if (found == nullptr) return std::nullopt;
  return UserIds{found->pw_uid, found->pw_gid};
}

Error no_user(const std::string& user) {
  return {ExitCode::usage, fmt::format("there is no user '{}' on this machine", user)};
}

}  // namespace

Result<DataFolder> DataFolder::make(const std::string& user) {
  const auto ids = ids_of(user);
  if (!ids && !user.empty() && geteuid() == 0) return failure(no_user(user));
  // Another user must be able to go there: only /tmp is sure to let everybody pass.
  std::error_code error;
  const std::string parent = ids ? "/tmp" : fs::temp_directory_path(error).string();
  std::string path = (parent.empty() ? "/tmp" : parent) + "/tracetax-XXXXXX";
  if (mkdtemp(path.data()) == nullptr || (ids && chown(path.c_str(), ids->uid, ids->gid) != 0)) {
    return failure(ExitCode::internal,
                   fmt::format("no folder for its data in {}: {}", parent, strerror(errno)));
  }
  DataFolder folder;
  folder.path_ = std::move(path);
  folder.user_ = user;
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), user_(std::move(other.user_)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(user_, other.user_);
  return *this;
}

DataFolder::~DataFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Status DataFolder::write(const std::map<std::string, std::string>& files) {
  const auto ids = ids_of(user_);
  for (const auto& [name, content] : files) {
    const fs::path path = fs::path(path_) / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file)
      return failure(ExitCode::internal, fmt::format("{} cannot be written", path.string()));
    for (fs::path owned = path; ids && owned.string().size() > path_.size();
         owned = owned.parent_path()) {
      if (chown(owned.c_str(), ids->uid, ids->gid) != 0)
        return failure(ExitCode::internal,
                       fmt::format("{} cannot be given to {}", owned.string(), user_));
    }
  }
  return {};
}

std::vector<std::string> run_as(const std::string& user, std::vector<std::string> argv) {
  const auto ids = ids_of(user);
  if (!ids) return argv;
  // A change of user forgets who is to be killed with whom, so that it is said again.
  std::vector<std::string> all{"setpriv", "--reuid=" + std::to_string(ids->uid),
                               "--regid=" + std::to_string(ids->gid), "--init-groups",
                               "--pdeathsig=KILL"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

}  // namespace tracetax
