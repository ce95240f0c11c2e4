// Where suites and services are found: the file that a path or a name means, and all those that
// have a name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// The path of a suite: what is given if it exists, or else the file NAME.json in $TRACETAX_SUITES
/// or in <program's folder>/../share/tracetax/suites; if that folder is not there, in the source
/// tree this was built from. Usage error with a did-you-mean otherwise.
[[nodiscard]] Result<std::string> find_suite(const std::string& path_or_name);

/// The path of a suite that one in `folder` extends: a path (with a slash, or ending in .json) is
/// relative to that folder, anything else is a name as find_suite takes it.
[[nodiscard]] Result<std::string> find_base(const std::string& path_or_name,
                                            const std::string& folder);

struct SuiteListing {
  std::string name;         // as read_suite takes it
  std::string description;  // "invalid: ..." if the file is not JSON
  std::string path;
};
/// The suites that have a name, sorted; of two with the same name the one that would be found.
[[nodiscard]] std::vector<SuiteListing> list_suites();

/// The path of a service of the catalog: the file NAME.json in $TRACETAX_SERVICES, or in the folder
/// `services` beside that of the suites. Usage error with a did-you-mean otherwise.
[[nodiscard]] Result<std::string> find_service(const std::string& name);
/// Those that there are, as list_suites() does it.
[[nodiscard]] std::vector<SuiteListing> list_services();

/// The path of a topology: a path (with a slash, or ending in .json) is relative to `folder`,
/// anything else is the file NAME.json in $TRACETAX_SYSTEMS, or in the folder `systems` beside that
/// of the suites. Usage error with a did-you-mean otherwise.
[[nodiscard]] Result<std::string> find_topology(const std::string& path_or_name,
                                                const std::string& folder);
/// Those that have a name, as list_suites() does it.
[[nodiscard]] std::vector<SuiteListing> list_topologies();

}  // namespace tracetax
