// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/data_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

auto wrong_line(const std::string& file, std::size_t line, std::string_view what) {
  return failure(ExitCode::usage, fmt::format("{}:{}: {}", file, line, what));
}

/// The lines of a CSV text, value by value.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// The values of the next line; none if it is empty.
  [[nodiscard]] Result<DataRow> next() {
    DataRow row{line_, {}};
    if (skip_line_end()) return row;
    while (true) {
      auto value = next_value();
      if (!value) return failure(value.error());
      row.values.push_back(std::move(*value));
      if (at_end() || skip_line_end()) return row;
      if (text_[at_] != ',')
        return wrong_line(file_, line_, "after a closing quote comes a comma or the line's end");
      ++at_;
    }
  }

 private:
  [[nodiscard]] bool skip_line_end() {
    if (text_.substr(at_).starts_with("\r\n")) ++at_;
    if (at_end() || text_[at_] != '\n') return false;
    ++at_;
    ++line_;
    return true;
  }

  [[nodiscard]] Result<std::string> next_value() {
    if (at_end() || text_[at_] != '"') {
      const std::size_t from = at_;
      at_ = std::min(text_.find_first_of(",\n", at_), text_.size());
      std::string_view value = text_.substr(from, at_ - from);
      if (value.ends_with('\r') && !at_end() && text_[at_] == '\n') {
        value.remove_suffix(1);
        --at_;
      }
      return std::string(value);
    }
    const std::size_t opened = line_;
    std::string value;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '"') {
        if (!text_.substr(at_ + 1).starts_with('"')) {
          ++at_;
          return value;
        }
        ++at_;
      }
      line_ += text_[at_] == '\n' ? 1U : 0U;
      value += text_[at_];
    }
    return wrong_line(file_, opened, "the quote that opens here is not closed");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

Result<DataRows> parse_csv(std::string_view text, std::string file) {
  DataRows data{std::move(file), {}, {}};
  CsvReader reader(text, data.file);
  while (!reader.at_end()) {
    auto row = reader.next();
    if (!row) return failure(row.error());
    if (row->values.empty()) continue;
    if (!data.fields.empty()) {
      if (row->values.size() != data.fields.size()) {
        return wrong_line(data.file, row->line,
                          fmt::format("{} values, but the first line names {} fields",
                                      row->values.size(), data.fields.size()));
      }
      data.rows.push_back(std::move(*row));
      continue;
    }
    for (const auto& name : row->values) {
      if (name->empty() || std::ranges::find(data.fields, *name) != data.fields.end()) {
        return wrong_line(
            data.file, row->line,
            fmt::format("the first line must name each field once, not {}", quote(*name)));
      }
      data.fields.push_back(*name);
    }
  }
  return data;
}

std::optional<std::string> text_of(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Result<DataRows> parse_json_lines(std::string_view text, std::string file) {
  DataRows data{std::move(file), {}, {}};
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json object = Json::parse(one, nullptr, false);
    if (!object.is_object())
      return wrong_line(data.file, line, "is no JSON object; right is {\"id\": 42} on each line");
    DataRow row{line, {}};
    for (const auto& [name, value] : object.items()) {
      const auto found = std::ranges::find(data.fields, name);
      const auto at = static_cast<std::size_t>(found - data.fields.begin());
      if (found == data.fields.end()) data.fields.push_back(name);
      row.values.resize(std::max(row.values.size(), at + 1));
      row.values[at] = text_of(value);
    }
    data.rows.push_back(std::move(row));
  }
  for (DataRow& row : data.rows) row.values.resize(data.fields.size());
  return data;
}

}  // namespace

Result<std::size_t> DataRows::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name);
  if (found != fields.end()) return static_cast<std::size_t>(found - fields.begin());
  return failure(ExitCode::usage, fmt::format("{}: {}", file, unknown_name("field", name, fields)));
}

Result<DataRows> parse_data_rows(std::string_view text, std::string file) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const char opens = first == std::string_view::npos ? '\0' : text[first];
  if (opens == '[')
    return wrong_line(file, 1, "is a JSON array; right is JSON lines, one object a line, or CSV");
  auto data = opens == '{' ? parse_json_lines(text, file) : parse_csv(text, file);
  if (data && data->rows.empty())
    return failure(ExitCode::usage,
                   fmt::format("{}: has no rows{}", file,
                               data->fields.empty() ? "" : " after the line of names"));
  return data;
}

}  // namespace tracetax
