// JSON text that people write: with // and /* */ comments, and with the line of every value kept,
// so that a mistake found much later can still be shown as file:line. It knows no schema.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

inline constexpr std::size_t kLargestJson = 16U << 20;  // bytes
inline constexpr int kDeepestJson = 64;                 // nested objects and arrays

/// A parsed text. Places are JSON pointers (RFC 6901): "" is the root, "/arms/2/rate" a member.
class JsonSource {
 public:
  using Json = nlohmann::ordered_json;

  /// Usage error "file:line: message" for anything that is not JSON, a key that stands twice in one
  /// object, nesting deeper than kDeepestJson or a text larger than `largest`.
  [[nodiscard]] static Result<JsonSource> parse(std::string_view text, std::string file,
                                                std::size_t largest = kLargestJson);

  /// Puts a value in place as "load.rate=2k/s" says: a dotted path (numbers index arrays), then
  /// JSON, or else plain text. Missing objects on the way are made. Usage error if the path leads
  /// through something that holds no members.
  [[nodiscard]] Status set(std::string_view assignment);

  /// Puts this document over `base`: objects merge key by key, null takes a key of the base away,
  /// anything else replaces what the base has there. The root's members named in `own` are not
  /// taken from the base.
  void put_over(JsonSource base, std::initializer_list<std::string_view> own = {});

  [[nodiscard]] const Json& root() const { return root_; }
  /// The document's own file, whatever it was put over.
  [[nodiscard]] const std::string& file() const { return files_.front(); }

  /// Where a value stands, in the order in which people read: this file first, then those under it.
  struct Place {
    std::size_t file = 0;
    int line = 1;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  [[nodiscard]] Place position_of(std::string_view pointer) const;
  /// The lowest of the files put together that has this object: where it is from.
  [[nodiscard]] const std::string& origin_of(std::string_view pointer) const;

  /// Line of the value (of its key, in an object), or of the nearest value around it that is known.
  /// Lines count from 1.
  [[nodiscard]] int line_of(std::string_view pointer) const { return position_of(pointer).line; }
  /// "file:12", or "--set load.rate=2k/s" if the value came from there.
  [[nodiscard]] std::string place_of(std::string_view pointer) const;
  /// The text right of "=" if exactly this value came from set().
  [[nodiscard]] std::optional<std::string> set_text(std::string_view pointer) const;

 private:
  struct Assignment {
    std::string pointer, text, value;
  };
  [[nodiscard]] const Assignment* assignment_at(std::string_view pointer) const;

  void merge(Json& under, Json& over, const std::string& pointer);

  std::vector<std::string> files_;  // this one, then those that it was put over
  Json root_;
  std::unordered_map<std::string, Place> places_;
  std::unordered_map<std::string, std::size_t> origins_;  // of objects that more than one file has
  std::vector<Assignment> assignments_;
};

/// A key as one step of a JSON pointer: "~" and "/" escaped.
[[nodiscard]] std::string pointer_step(std::string_view key);

}  // namespace tracetax
