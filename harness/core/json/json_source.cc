// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/json_source.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "harness/core/json/syntax_hint.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

// Enough for any file that people write; beyond it the nearest known value is named instead.
constexpr std::size_t kMostLines = 100'000;

// Where the parser is. A line break belongs to the line it ends, so a parser that has looked at the
// character after a number is still on the number's line.
struct Position {
  int line = 1;
  bool line_ended = false;
};

// Feeds the parser character by character and keeps the position.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, Position* position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (position_->line_ended) ++position_->line;
    position_->line_ended = *at_ == '\n';
    ++at_;
    return *this;
  }
  friend bool operator==(const CountingIterator& l, const CountingIterator& r) {
    return l.at_ == r.at_;
  }
  friend bool operator!=(const CountingIterator& l, const CountingIterator& r) {
    return l.at_ != r.at_;
  }

 private:
  const char* at_;
  Position* position_;
};

// Builds the document from the parser's events. Own builder and not the library's, for the lines,
// for duplicate keys and depth, and because the library looks every new key up in a list, which
// makes an object of many keys quadratic.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(const Position& position, std::unordered_map<std::string, JsonSource::Place>& places)
      : position_(position), places_(places) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& value) override {
    Level& level = levels_.back();
    if (!level.keys.insert(value).second) {
      return fail(fmt::format("the key {} stands twice in this object", quote(value)));
    }
    level.key = std::move(value);
    level.key_line = position_.line;
    return true;
  }

  bool parse_error(std::size_t read, const std::string&,
                   const nlohmann::detail::exception& e) override {
    bytes_read = read;
    // "[json.exception.parse_error.101] parse error at line 1, column 2: what is wrong"
    std::string_view text = e.what();
    if (const auto bracket = text.find("] "); bracket != text.npos) text.remove_prefix(bracket + 2);
    if (text.starts_with("parse error at")) {
      if (const auto colon = text.find(": "); colon != text.npos) text.remove_prefix(colon + 2);
    }
    return fail(printable(text, 300));
  }

  Json root;
  std::string error;
  int error_line = 0;
  std::optional<std::size_t> bytes_read;  // of a text that is no JSON

 private:
  struct Level {
    Json* value;
    std::string pointer;
    std::string key;
    int key_line = 0;
    std::unordered_set<std::string> keys;
  };

  bool fail(std::string message) {
    if (error.empty()) {
      error = std::move(message);
      error_line = position_.line;
    }
    return false;
  }

  Json* place(Json value) {
    if (levels_.empty()) {
      root = std::move(value);
      pointer_ = "";
      return &root;
    }
    Level& level = levels_.back();
    if (level.value->is_array()) {
      auto& elements = level.value->get_ref<Json::array_t&>();
      remember(level.pointer + '/' + std::to_string(elements.size()), position_.line);
      return &elements.emplace_back(std::move(value));
    }
    auto& members = level.value->get_ref<Json::object_t&>();
    remember(level.pointer + '/' + pointer_step(level.key), level.key_line);
    // The vector's own emplace_back: ordered_map's looks for the key first.
    using Members = Json::object_t::Container;
    return &static_cast<Members&>(members).emplace_back(level.key, std::move(value)).second;
  }

  void remember(std::string pointer, int line) {
    if (places_.size() < kMostLines) places_.emplace(pointer, JsonSource::Place{0, line});
    pointer_ = std::move(pointer);
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (levels_.size() >= static_cast<std::size_t>(kDeepestJson)) {
      return fail(fmt::format("nested deeper than {} levels", kDeepestJson));
    }
    Json* placed = place(std::move(value));
    levels_.push_back({placed, pointer_, {}, 0, {}});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  const Position& position_;
  std::unordered_map<std::string, JsonSource::Place>& places_;
  std::vector<Level> levels_;
  std::string pointer_;  // of the value placed last
};

std::optional<std::size_t> array_index(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

// The pointer of the value around this one; nothing for the root.
std::optional<std::string_view> parent_of(std::string_view pointer) {
  const auto slash = pointer.rfind('/');
  if (slash == pointer.npos) return std::nullopt;
  return pointer.substr(0, slash);
}

}  // namespace

Result<JsonSource> JsonSource::parse(std::string_view text, std::string file, std::size_t largest) {
  if (text.size() > largest) {
    return failure(ExitCode::usage, fmt::format("{}: larger than {} MiB", file, largest >> 20));
  }
  JsonSource source;
  source.files_.push_back(std::move(file));
  Position position;
  Builder builder(position, source.places_);
  const CountingIterator first(text.data(), &position), last(text.data() + text.size(), &position);
  if (!Json::sax_parse(first, last, &builder, Json::input_format_t::json, true, true)) {
    const auto hint = builder.bytes_read ? explain_syntax(text, *builder.bytes_read, builder.error)
                                         : std::nullopt;
    return failure(
        ExitCode::usage,
        hint ? fmt::format("{}:{}: {}", source.file(), hint->line, hint->message)
             : fmt::format("{}:{}: {}", source.file(), builder.error_line, builder.error));
  }
  source.root_ = std::move(builder.root);
  return source;
}

Status JsonSource::set(std::string_view assignment) {
  const auto bad = [&](std::string_view what) {
    return failure(ExitCode::usage, fmt::format("--set {}: {}", quote(assignment), what));
  };
  const auto equals = assignment.find('=');
  if (equals == 0 || equals == assignment.npos) {
    return bad("write a dotted path and a value, such as load.rate=2k/s");
  }
  std::string_view path = assignment.substr(0, equals);
  const std::string value(assignment.substr(equals + 1));
  if (std::ranges::count(path, '.') >= kDeepestJson) return bad("the path is too deep");

  Json* place = &root_;
  std::string pointer;
  for (bool more = true; more;) {
    const auto dot = path.find('.');
    const std::string step(path.substr(0, dot));
    more = dot != path.npos;
    if (more) path.remove_prefix(dot + 1);
    if (step.empty()) return bad("the path has an empty step");
    if (place->is_array()) {
      const auto index = array_index(step);
      if (!index || *index >= place->size()) {
        return bad(fmt::format("{} holds {} elements; {} is none of their numbers (from 0)",
                               quote(pointer), place->size(), quote(step)));
      }
      place = &(*place)[*index];
    } else if (place->is_object() || place->is_null()) {
      place = &(*place)[step];
    } else {
      return bad(fmt::format("{} is neither an object nor an array", quote(pointer)));
    }
    pointer += '/' + pointer_step(step);
  }
  auto parsed = parse(value, "--set");
  *place = parsed ? std::move(parsed->root_) : Json(value);
  assignments_.push_back({pointer, std::string(assignment), value});
  return {};
}

void JsonSource::merge(Json& under, Json& over, const std::string& pointer) {
  for (auto& [key, value] : over.get_ref<Json::object_t&>()) {
    const auto found = under.find(key);
    if (found == under.end()) {
      under[key] = std::move(value);
    } else if (value.is_null()) {
      under.erase(found);
    } else if (found->is_object() && value.is_object()) {
      const std::string inside = pointer + '/' + pointer_step(key);
      if (const auto at = places_.find(inside); at != places_.end()) {
        origins_.try_emplace(inside, at->second.file);
      }
      merge(*found, value, inside);
    } else {
      *found = std::move(value);
    }
  }
}

void JsonSource::put_over(JsonSource base, std::initializer_list<std::string_view> own) {
  // The places of the base, whose files come after those of this document.
  const std::size_t first = files_.size();
  for (auto& [pointer, place] : base.places_) place.file += first;
  for (auto& [pointer, file] : base.origins_) file += first;
  std::swap(places_, base.places_);
  std::swap(origins_, base.origins_);
  std::swap(root_, base.root_);
  if (root_.is_object() && base.root_.is_object()) {
    for (const std::string_view key : own) root_.erase(std::string(key));
    merge(root_, base.root_, "");
  } else {
    root_ = std::move(base.root_);
  }
  for (auto& [pointer, place] : base.places_) places_.insert_or_assign(pointer, place);
  for (auto& [pointer, file] : base.origins_) origins_.try_emplace(pointer, file);
  files_.insert(files_.end(), base.files_.begin(), base.files_.end());
}

JsonSource::Place JsonSource::position_of(std::string_view pointer) const {
  for (std::optional<std::string_view> at = pointer; at; at = parent_of(*at)) {
    const auto found = places_.find(std::string(*at));
    if (found != places_.end()) return found->second;
  }
  return {};
}

const std::string& JsonSource::origin_of(std::string_view pointer) const {
  const auto found = origins_.find(std::string(pointer));
  return files_[found == origins_.end() ? position_of(pointer).file : found->second];
}

const JsonSource::Assignment* JsonSource::assignment_at(std::string_view pointer) const {
  const auto found = std::find_if(assignments_.rbegin(), assignments_.rend(),
                                  [&](const Assignment& a) { return a.pointer == pointer; });
  return found == assignments_.rend() ? nullptr : &*found;
}

std::string JsonSource::place_of(std::string_view pointer) const {
  for (std::optional<std::string_view> at = pointer; at; at = parent_of(*at)) {
    if (const auto* assignment = assignment_at(*at)) return "--set " + quote(assignment->text);
  }
  // An object that an assignment made on its way.
  for (const Assignment& assignment : assignments_) {
    const bool inside = assignment.pointer.starts_with(std::string(pointer) + '/');
    if (inside && !places_.contains(std::string(pointer))) return "--set " + quote(assignment.text);
  }
  const Place place = position_of(pointer);
  return fmt::format("{}:{}", files_[place.file], place.line);
}

std::optional<std::string> JsonSource::set_text(std::string_view pointer) const {
  const auto* assignment = assignment_at(pointer);
  if (assignment == nullptr) return std::nullopt;
  return assignment->value;
}

std::string pointer_step(std::string_view key) {
  std::string step;
  for (const char c : key) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

}  // namespace tracetax
