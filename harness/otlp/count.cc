// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/count.h"

#include <array>
#include <optional>
#include <string>

#include "harness/otlp/unpack.h"
#include "harness/wire/protobuf_fields.h"

namespace tracetax {
namespace {

/// Of ExportTraceServiceRequest, ResourceSpans and ScopeSpans: the field that holds the next one.
constexpr std::array<std::uint32_t, 3> kFieldOfNext = {1, 2, 2};
constexpr std::array<std::string_view, 3> kKeyOfNext = {"resourceSpans", "scopeSpans", "spans"};

/// Nothing if it is no protobuf.
std::optional<std::uint64_t> count_protobuf(std::string_view message, std::size_t level) {
  if (level == kFieldOfNext.size()) return 1;
  std::uint64_t spans = 0;
  ProtobufReader reader(message);
  for (ProtobufField field; !reader.at_end();) {
    if (!reader.next(field)) return std::nullopt;
    if (!field.is_text || field.number != kFieldOfNext[level]) continue;
    const auto inside = count_protobuf(field.text, level + 1);
    if (!inside) return std::nullopt;
    spans += *inside;
  }
  return spans;
}

/// Brackets and texts of a JSON body. A span is an object in the list "spans" of an object in the
/// list "scopeSpans" of one in "resourceSpans" of the outermost one.
class JsonScan {
 public:
  /// Nothing if brackets or quotes do not pair, or there is more or less than one value.
  std::optional<std::uint64_t> count(std::string_view body) {
    for (std::size_t at = 0; at < body.size(); ++at) {
      const char c = body[at];
      if (c == '{' || c == '[') {
        if (over_ || open_.size() == kOtlpMaxDepth) return std::nullopt;
        open(c);
      } else if (c == '}' || c == ']') {
        if (!close(c)) return std::nullopt;
      } else if (c == '"') {
        const std::size_t end = end_of_text(body, at + 1);
        if (end == body.npos || open_.empty()) return std::nullopt;
        if (open_.back() == '{') note_key(body.substr(at + 1, end - at - 1));
        at = end;
      }
    }
    return over_ ? std::optional(spans_) : std::nullopt;
  }

 private:
  static std::size_t end_of_text(std::string_view body, std::size_t from) {
    for (std::size_t at = from; at < body.size(); ++at) {
      if (body[at] == '\\')
        ++at;
      else if (body[at] == '"')
        return at;
    }
    return body.npos;
  }

  /// Of the objects on the way, {[{[{[: the last text seen in them, which before a list is its key.
  void note_key(std::string_view text) {
    const std::size_t level = open_.size() / 2;
    if (open_.size() % 2 == 1 && level < keys_.size()) keys_[level] = text;
  }

  void open(char c) {
    constexpr std::string_view kWay = "{[{[{[";
    if (c == '{' && open_ == kWay && keys_ == kKeyOfNext) ++spans_;
    open_ += c;
  }

  bool close(char c) {
    if (open_.empty() || open_.back() != (c == '}' ? '{' : '[')) return false;
    open_.pop_back();
    over_ = open_.empty();
    return true;
  }

  std::string open_;
  std::array<std::string_view, 3> keys_{};
  std::uint64_t spans_ = 0;
  bool over_ = false;
};

}  // namespace

Result<std::uint64_t> count_spans(OtlpFormat format, std::string_view body) {
  const auto spans = format == OtlpFormat::json ? JsonScan().count(body) : count_protobuf(body, 0);
  if (spans) return *spans;
  return failure(ExitCode::usage,
                 fmt::format("OTLP payload: not an ExportTraceServiceRequest in "
                             "{} ({} bytes)",
                             format == OtlpFormat::json ? "JSON" : "protobuf", body.size()));
}

Result<std::uint64_t> count_spans(const OtlpPayload& payload) {
  if (payload.encoding == OtlpEncoding::identity) return count_spans(payload.format, payload.body);
  const auto body = unpack_otlp(payload.encoding, payload.body);
  if (!body) return failure(body.error().within("OTLP payload"));
  return count_spans(payload.format, *body);
}

}  // namespace tracetax
