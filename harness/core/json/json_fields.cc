// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/json_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostShown = 50;
// Mistakes kept at all: a hostile file could have a million.
constexpr std::size_t kMostKept = 1000;

// What is in no file is told after what is.
constexpr JsonSource::Place kLast{std::numeric_limits<std::size_t>::max(), 0};

const JsonSource::Json kNoObject = JsonSource::Json::object();

bool is_number(std::string_view step) {
  return !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

/// The pointer of the deepest value of `value`, which stands at `pointer`, that the dotted path
/// `rest` leads to. A key may hold dots itself, so the longest that fits is taken.
std::string deepest(const JsonSource::Json& value, std::string pointer, std::string_view rest) {
  const JsonSource::Json* next = nullptr;
  std::string step;
  std::size_t longest = 0;
  const auto try_step = [&](const std::string& written, const std::string& key,
                            const JsonSource::Json& inner) {
    constexpr std::string_view kEnds = ".[:";
    const std::string_view after = rest.substr(std::min(written.size(), rest.size()));
    if (written.size() <= longest || !rest.starts_with(written)) return;
    if (after.empty() || kEnds.find(after.front()) == std::string_view::npos) return;
    next = &inner;
    step = key;
    longest = written.size();
  };
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) try_step("." + key, pointer_step(key), inner);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      try_step(fmt::format("[{}]", i), std::to_string(i), value[i]);
  }
  if (next == nullptr) return pointer;
  return deepest(*next, pointer + '/' + step, rest.substr(longest));
}

}  // namespace

void Mistakes::add(std::string_view pointer, std::string_view message) {
  const std::string path = dotted_path(pointer);
  if (source_ != nullptr) {
    add_line(pointer, path.empty() ? message : fmt::format("{}: {}", path, message));
    return;
  }
  if (lines_.size() >= kMostKept) return;
  const std::string_view joint =
      context_.empty() || path.empty() || path.starts_with('[') ? "" : ".";
  const std::string place = fmt::format("{}{}{}", context_, joint, path);
  lines_.emplace_back(JsonSource::Place{},
                      place.empty() ? std::string(message) : fmt::format("{}: {}", place, message));
}

void Mistakes::add_line(std::string_view pointer, std::string_view line) {
  if (lines_.size() >= kMostKept) return;
  const std::string place = source_->place_of(pointer);
  lines_.emplace_back(place.starts_with("--set") ? kLast : source_->position_of(pointer),
                      fmt::format("{}: {}", place, line));
}

void Mistakes::add_told(std::string_view pointer, std::string_view lines) {
  const std::string path = dotted_path(pointer);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (source_ != nullptr && line.starts_with(path)) {
      const auto& part = source_->root().at(JsonSource::Json::json_pointer(std::string(pointer)));
      const std::string rest =
          path.empty() ? fmt::format(".{}", line) : std::string(line.substr(path.size()));
      add_line(deepest(part, std::string(pointer), rest), line);
    } else {
      add(pointer, line);
    }
  }
}

void Mistakes::add_elsewhere(std::string message) {
  lines_.emplace_back(kLast, std::move(message));
}

Error Mistakes::error(ExitCode code) const {
  auto sorted = lines_;
  std::ranges::stable_sort(sorted, {}, &decltype(lines_)::value_type::first);
  std::string text;
  for (std::size_t i = 0; i < sorted.size() && i < kMostShown; ++i) {
    if (i > 0) text += '\n';
    text += sorted[i].second;
  }
  if (sorted.size() > kMostShown) {
    text += fmt::format("\n... and {} more mistakes", sorted.size() - kMostShown);
  }
  return {code, text};
}

JsonFields::JsonFields(const Json& value, std::string pointer, Mistakes& mistakes)
    : value_(value.is_object() ? value : kNoObject),
      pointer_(std::move(pointer)),
      mistakes_(mistakes) {
  if (!value.is_object()) {
    mistakes_.add(pointer_, fmt::format("expected an object, found {}", describe_json(value)));
  }
}

JsonFields& JsonFields::require(std::string_view key, std::string_view example) {
  if (!has(key) && &value_ != &kNoObject) {
    mistakes_.add(pointer_, fmt::format("'{}' is missing; write {}", key, example));
  }
  return *this;
}

bool JsonFields::has(std::string_view key) const {
  const auto found = value_.find(key);
  return found != value_.end() && !found->is_null();
}

const JsonFields::Json* JsonFields::find(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
  const auto found = value_.find(key);
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

const JsonFields::Json* JsonFields::wrong_type(std::string_view key, std::string_view right,
                                               const Json& found) {
  mistake(key, fmt::format("expected {}, found {}", right, describe_json(found)));
  return nullptr;
}

std::optional<std::string> JsonFields::text_of(const Json& value, const std::string& pointer) {
  if (value.is_string()) return value.get<std::string>();
  // On the command line quotes are the shell's: `--set pin.driver=1` means the text "1".
  if (mistakes_.source() != nullptr && value.is_primitive()) {
    if (auto written = mistakes_.source()->set_text(pointer)) return written;
  }
  const bool simple = value.is_number() || value.is_boolean();
  mistakes_.add(pointer, fmt::format("expected a text{}, found {}",
                                     simple ? fmt::format(" such as \"{}\"", value.dump()) : "",
                                     describe_json(value)));
  return std::nullopt;
}

std::optional<std::string> JsonFields::text(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return text_of(*value, pointer_to(key));
}

std::optional<bool> JsonFields::boolean(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  wrong_type(key, "true or false", *value);
  return std::nullopt;
}

std::optional<std::int64_t> JsonFields::integer(std::string_view key, std::int64_t low,
                                                std::int64_t high) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  const std::string right = fmt::format("a whole number from {} to {}", low, high);
  // A number above the signed range is of the unsigned type; it would wrap in a signed one.
  const bool too_high = value->is_number_unsigned() &&
                        value->get<std::uint64_t>() >
                            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value->is_number_integer() && !too_high) {
    const auto found = value->get<std::int64_t>();
    if (found >= low && found <= high) return found;
  }
  wrong_type(key, right, *value);
  return std::nullopt;
}

std::optional<std::uint64_t> JsonFields::unsigned_integer(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  wrong_type(key, "a whole number from 0 to 2^64 - 1", *value);
  return std::nullopt;
}

std::optional<double> JsonFields::number(std::string_view key, double low, double high) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) {
    const auto found = value->get<double>();
    if (found >= low && found <= high) return found;
  }
  wrong_type(key, fmt::format("a number from {} to {}", low, high), *value);
  return std::nullopt;
}

std::optional<std::vector<std::string>> JsonFields::texts(std::string_view key) {
  const Json* list = array(key);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> all;
  bool right = true;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto element = text_of((*list)[i], fmt::format("{}/{}", pointer_to(key), i));
    right = right && element;
    if (element) all.push_back(std::move(*element));
  }
  if (!right) return std::nullopt;
  return all;
}

std::optional<std::map<std::string, std::string>> JsonFields::text_map(std::string_view key) {
  const Json* members = object(key);
  if (members == nullptr) return std::nullopt;
  std::map<std::string, std::string> all;
  bool right = true;
  for (const auto& [name, value] : members->items()) {
    auto element = text_of(value, pointer_to(key) + '/' + pointer_step(name));
    right = right && element;
    if (element) all.emplace(name, std::move(*element));
  }
  if (!right) return std::nullopt;
  return all;
}

const JsonFields::Json* JsonFields::any(std::string_view key) { return find(key); }

const JsonFields::Json* JsonFields::object(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr || value->is_object()) return value;
  return wrong_type(key, "an object", *value);
}

const JsonFields::Json* JsonFields::array(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr || value->is_array()) return value;
  return wrong_type(key, "an array", *value);
}

void JsonFields::mistake(std::string_view key, std::string_view message) {
  mistakes_.add(pointer_to(key), message);
}

void JsonFields::mistake(std::string_view message) { mistakes_.add(pointer_, message); }

void JsonFields::refuse(std::string_view key, std::string_view reason) {
  if (find(key) != nullptr) mistake(key, reason);
}

void JsonFields::refuse_choice(std::string_view key, const std::string& found,
                               const std::vector<std::string>& names) {
  mistake(key, unknown_name("value", found, names));
}

void JsonFields::finish() {
  std::size_t unknown = 0;
  for (const auto& [name, value] : value_.items()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    if (++unknown > kMostShown) break;
    mistakes_.add(pointer_ + '/' + pointer_step(name), unknown_name("key", name, known_));
  }
}

std::string JsonFields::pointer_to(std::string_view key) const {
  return pointer_ + '/' + pointer_step(key);
}

std::string describe_json(const JsonSource::Json& value) {
  switch (value.type()) {
    case JsonSource::Json::value_t::null:
      return "null";
    case JsonSource::Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case JsonSource::Json::value_t::string:
      return "the text " + quote(value.get_ref<const std::string&>());
    case JsonSource::Json::value_t::object:
      return "an object";
    case JsonSource::Json::value_t::array:
      return "an array";
    default:
      return "the number " + value.dump();
  }
}

std::string dotted_path(std::string_view pointer) {
  std::string path;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const auto slash = pointer.find('/');
    std::string step(pointer.substr(0, slash));
    pointer.remove_prefix(slash == pointer.npos ? pointer.size() : slash);
    for (auto tilde = step.find('~'); tilde != step.npos; tilde = step.find('~', tilde + 1)) {
      step.replace(tilde, 2, step.compare(tilde, 2, "~1") == 0 ? "/" : "~");
    }
    if (is_number(step)) {
      path += '[' + step + ']';
    } else {
      path += (path.empty() ? "" : ".") + printable(step, 60);
    }
  }
  return path;
}

}  // namespace tracetax
