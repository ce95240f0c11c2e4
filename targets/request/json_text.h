// JSON text, read and written as Go's encoding/json does: HTML characters are escaped unless asked
// not to, invalid UTF-8 is replaced. This is the grammar only; objects with named fields are
// json_fields.h's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

/// What is escaped beyond what JSON asks for.
enum class JsonEscapes {
  html,        // also <, >, &, and the two line separators: encoding/json
  separators,  // also the two line separators: encoding/json told to leave HTML alone
  none,        // protojson
};

/// Appends `text` in quotes.
void append_json_string(std::string_view text, std::string& out,
                        JsonEscapes escapes = JsonEscapes::html);

/// Reads one JSON text from front to back. Every function skips leading space, returns false on the
/// first mistake, and keeps it in problem(). Nesting is limited; nothing recurses beyond that.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool take(char c);  // false without a problem if the next character is another
  [[nodiscard]] bool expect(char c);
  [[nodiscard]] bool next_is(char c);  // takes nothing
  [[nodiscard]] bool take_null();      // false without a problem if the next value is not null
  [[nodiscard]] bool at_end();         // only space is left
  [[nodiscard]] bool read_string(std::string& out);
  [[nodiscard]] bool read_int(std::int64_t& out);  // whole numbers only, as Go has it for int64
  [[nodiscard]] bool skip_value(int depth = 0);

  bool fail(std::string_view what);  // always false; keeps the first
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  void skip_space();
  bool read_escape(std::string& out);
  bool read_hex4(std::uint32_t& out);
  bool scan_number(std::string_view& out);
  bool skip_members(char close, int depth);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string problem_;
};

}  // namespace tracetax
