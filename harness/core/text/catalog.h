// A table of named things: the form that seams share (scenario, framework, sampler, report
// format). A table and not self-registering statics: the linker drops what nobody names, a table is
// ordered, printable and can be looped over by the tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/suggest.h"

namespace tracetax {

template <typename Make>
struct CatalogEntry {
  std::string_view name;
  std::string_view help;  // one line, shown by `tracetax list`
  Make make;
};

template <typename Make>
[[nodiscard]] std::vector<std::string> catalog_names(std::span<const CatalogEntry<Make>> entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.emplace_back(entry.name);
  return names;
}

/// The entry called `name`, or a usage error with a did-you-mean. `what` is the noun of the table.
template <typename Make>
[[nodiscard]] Result<Make> find_in_catalog(std::span<const CatalogEntry<Make>> entries,
                                           std::string_view what, std::string_view name) {
  for (const auto& entry : entries) {
    if (entry.name == name) return entry.make;
  }
  return failure(ExitCode::usage, unknown_name(what, name, catalog_names(entries)));
}

}  // namespace tracetax
