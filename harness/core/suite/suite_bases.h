// A suite that extends others: the files that it names are read and put under it. What replaces
// what: JsonSource::put_over; of several bases the later ones replace what the earlier ones say. A
// suite's name and description are its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/json/json_source.h"
#include "harness/core/text/error.h"

namespace tracetax {

class SuiteBases {
 public:
  /// Reads what `suite` extends, what that extends, and so on, and puts it all under `suite`. Usage
  /// error at the "extends" that names no suite, leads back to a file that it came from, or to more
  /// than 16 files in all.
  [[nodiscard]] Status put_under(JsonSource& suite);

  /// The texts of the files read, in the order in which they are named.
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  [[nodiscard]] Result<JsonSource> read(const std::string& name, const std::string& named_in);

  std::vector<std::string> way_;  // the files that lead here, the suite itself first
  std::vector<std::string> texts_;
};

}  // namespace tracetax
