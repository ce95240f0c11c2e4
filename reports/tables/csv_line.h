// One line of comma-separated values as RFC 4180 has them. What was not measured is an empty field.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

class CsvLine {
 public:
  CsvLine& text(std::string_view value) {
    std::string field(value);
    if (field.find_first_of(",\"\r\n") != std::string::npos) {
      std::string quoted = "\"";
      for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
      field = quoted + "\"";
    }
    line_ += (first_ ? "" : ",") + field;
    first_ = false;
    return *this;
  }
  template <typename Whole>
  CsvLine& whole(Whole value) {
    return text(std::to_string(value));
  }
  CsvLine& number(std::optional<double> value) {
    return text(value && std::isfinite(*value) ? fmt::format("{}", *value) : "");
  }
  [[nodiscard]] std::string end() const { return line_ + "\n"; }

 private:
  std::string line_;
  bool first_ = true;
};

}  // namespace tracetax
