// How all commands read their options: cxxopts' errors become ours, with a did-you-mean, and the
// mistakes of several options are reported together.
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values that may be given several times (headers, say) hold commas: no splitting.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>
#include <string>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// Parses argv. Errors: unknown options (with the nearest known one), missing values.
[[nodiscard]] Result<cxxopts::ParseResult> parse_options(cxxopts::Options& options, int argc,
                                                         char** argv);

/// Collects mistakes; each line names the option it is about.
class OptionMistakes {
 public:
  /// The value, or `fallback` after noting the error.
  template <typename T>
  T take(std::string_view option, const Result<T>& value, T fallback = {}) {
    if (value) return *value;
    add(option, value.error().message);
    return fallback;
  }
  void add(std::string_view option, std::string_view message);
  [[nodiscard]] bool any() const { return !lines_.empty(); }
  [[nodiscard]] Error error() const;

 private:
  std::vector<std::string> lines_;
};

/// A whole number within [low, high].
[[nodiscard]] Result<std::int64_t> parse_whole(std::string_view text, std::int64_t low,
                                               std::int64_t high);

}  // namespace tracetax
