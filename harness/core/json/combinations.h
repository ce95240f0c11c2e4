// A matrix: every combination of the values of its keys, as data. {"spans": [1, 10], "x": ["a",
// "b/c"]} is {"spans": 1, "x": "a"}, called "-1-a", then "-1-b-c", "-10-a" and "-10-b-c": the last
// key moves fastest.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"

namespace tracetax {

struct Combination {
  std::string name;  // of the values, each with "-" before it; "/" is written "-"
  JsonSource::Json values = JsonSource::Json::object();
};

/// Of the matrix at `pointer`, at most `most` of them. Lists of texts, numbers and truths, none of
/// them empty, under keys that are none of `reserved`. Nothing after a mistake, so that it is told
/// once.
[[nodiscard]] std::vector<Combination> combinations(const JsonSource::Json& matrix,
                                                    const std::string& pointer, std::size_t most,
                                                    const std::vector<std::string_view>& reserved,
                                                    Mistakes& mistakes);

}  // namespace tracetax
