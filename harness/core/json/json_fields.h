// Strict reading of JSON objects. Every field is asked for by name and type. Every mistake in the
// document is collected, so that the user can mend a file in one go. A field that nobody asked for
// is a mistake too, with a did-you-mean.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/json/json_source.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// The mistakes found so far, each with its place: "file:line: load.rate: what is wrong and what
/// would be right". Without a source the place is only the dotted path, after `context`.
class Mistakes {
 public:
  explicit Mistakes(const JsonSource& source) : source_(&source) {}
  explicit Mistakes(std::string context) : context_(std::move(context)) {}

  /// `pointer` is where in the document (RFC 6901, "" for the root).
  void add(std::string_view pointer, std::string_view message);
  /// Mistakes in the part at `pointer` that were found without the document, a line each, such as
  /// those of a scenario's options. A line that begins with the dotted path of a value of this part
  /// gets the line of that value, the others that of the part.
  void add_told(std::string_view pointer, std::string_view lines);
  /// A mistake that is in no document: an option, say.
  void add_elsewhere(std::string message);

  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// All of them in the order of the file, one per line; above 50 the rest is only counted.
  [[nodiscard]] Error error(ExitCode code = ExitCode::usage) const;
  [[nodiscard]] const JsonSource* source() const { return source_; }

 private:
  void add_line(std::string_view pointer, std::string_view line);

  const JsonSource* source_ = nullptr;
  std::string context_;
  std::vector<std::pair<JsonSource::Place, std::string>> lines_;  // and their text
};

/// One object of a document. Every taker returns nothing if the field is absent or null. It also
/// returns nothing if the field is wrong, and notes the mistake. A name that was asked for counts
/// as known. `require` before a taker makes absence a mistake. Call `finish` last. If the value is
/// no object, that is a mistake, and then every taker returns nothing.
class JsonFields {
 public:
  using Json = JsonSource::Json;

  JsonFields(const Json& value, std::string pointer, Mistakes& mistakes);

  /// Notes a mistake if the field is absent or null. `example` is what a right line looks like.
  JsonFields& require(std::string_view key, std::string_view example);
  [[nodiscard]] bool has(std::string_view key) const;

  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t low,
                                                    std::int64_t high);
  [[nodiscard]] std::optional<std::uint64_t> unsigned_integer(std::string_view key);
  [[nodiscard]] std::optional<double> number(std::string_view key, double low, double high);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key);
  [[nodiscard]] std::optional<std::map<std::string, std::string>> text_map(std::string_view key);
  /// The value itself, whatever it is; null pointer if absent or null.
  [[nodiscard]] const Json* any(std::string_view key);
  [[nodiscard]] const Json* object(std::string_view key);
  [[nodiscard]] const Json* array(std::string_view key);

  /// One of the named choices.
  template <typename T>
  [[nodiscard]] std::optional<T> choice(
      std::string_view key, std::initializer_list<std::pair<std::string_view, T>> choices) {
    const auto chosen = text(key);
    if (!chosen) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
      if (name == *chosen) return value;
      names.emplace_back(name);
    }
    refuse_choice(key, *chosen, names);
    return std::nullopt;
  }

  /// A text that is read by a parser such as those of units.h: Result<T> parse(std::string_view).
  template <typename Parse>
  [[nodiscard]] auto parsed(std::string_view key, Parse parse)
      -> std::optional<typename decltype(parse(std::string_view{}))::value_type> {
    const auto written = text(key);
    if (!written) return std::nullopt;
    auto value = parse(*written);
    if (value) return std::move(*value);
    mistake(key, value.error().message);
    return std::nullopt;
  }

  /// A mistake found by the caller, at the field or (without a key) at the object.
  void mistake(std::string_view key, std::string_view message);
  void mistake(std::string_view message);
  /// A known name that does not fit here: a mistake if it is there.
  void refuse(std::string_view key, std::string_view reason);
  /// Notes every name that nobody asked for.
  void finish();

  [[nodiscard]] std::string pointer_to(std::string_view key) const;
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] Mistakes& mistakes() { return mistakes_; }

 private:
  [[nodiscard]] const Json* find(std::string_view key);
  const Json* wrong_type(std::string_view key, std::string_view right, const Json& found);
  [[nodiscard]] std::optional<std::string> text_of(const Json& value, const std::string& pointer);
  void refuse_choice(std::string_view key, const std::string& found,
                     const std::vector<std::string>& names);

  const Json& value_;
  std::string pointer_;
  Mistakes& mistakes_;
  std::vector<std::string> known_;
};

/// "the number 5", "the text 'abc'", "an object": what stands there, for messages.
[[nodiscard]] std::string describe_json(const JsonSource::Json& value);

/// "/arms/2/rate" as people write it: "arms[2].rate".
[[nodiscard]] std::string dotted_path(std::string_view pointer);

}  // namespace tracetax
