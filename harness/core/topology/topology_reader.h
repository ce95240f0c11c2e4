// Reads the document of a topology: docs/topologies.md. Every mistake is found here, all of them at
// once, with file and line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/error.h"
#include "harness/core/topology/topology.h"

namespace tracetax {

/// `file` is for messages and SystemSpec::path. The name of the topology is the file's, without
/// ".json".
[[nodiscard]] Result<SystemSpec> read_topology(std::string_view text, const std::string& file);

/// The same of a part of another document, at `pointer`. What is wrong goes to `mistakes`.
[[nodiscard]] SystemSpec read_topology(const JsonSource::Json& document, const std::string& pointer,
                                       const std::string& name, Mistakes& mistakes);

}  // namespace tracetax
