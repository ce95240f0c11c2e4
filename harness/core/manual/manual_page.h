// Manual pages in roff, man(7), made of the declared options: the program writes its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/text/option_reader.h"

namespace tracetax {

/// A term, and what is said of it.
struct ManualEntry {
  std::string_view term, text;
};
/// Parts of a page that no options declare: exit status, environment, files, ...
struct ManualSection {
  std::string_view title;
  std::span<const ManualEntry> entries;
};

struct ManualPage {
  std::string name;     // "tracetax-run"
  std::string summary;  // one line
  std::string version;
  CommandLine line;
  std::vector<ManualSection> sections{};
  std::vector<std::string> see_also{};  // "tracetax", all in section 1
};

[[nodiscard]] std::string write_manual_page(const ManualPage& page);

}  // namespace tracetax
