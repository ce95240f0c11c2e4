// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/http_response.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "harness/load/http/cookie_jar.h"
#include "harness/load/session/session.h"

namespace tracetax {
namespace {

constexpr std::uint32_t kChunkLineMax = 4096;  // size, extensions
constexpr std::string_view kVersion = "HTTP/1.";
constexpr std::uint32_t kTrailerSizeMax = 64 * 1024;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// `word` is in lower case.
bool same_word(std::string_view text, std::string_view word) noexcept {
  return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(),
                                                  [](char a, char b) { return lower(a) == b; });
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether a comma-separated field holds the word, and optionally whether it is the last element.
bool list_has(std::string_view list, std::string_view word, bool last_only = false) noexcept {
  while (true) {
    const std::size_t comma = list.find(',');
    const bool is_last = comma == std::string_view::npos;
    if ((is_last || !last_only) && same_word(trimmed(list.substr(0, comma)), word)) return true;
    if (is_last) return false;
    list.remove_prefix(comma + 1);
  }
}

// Another protocol may say too little for a whole head, and then wait.
bool may_begin(std::string_view head) noexcept {
  return head.substr(0, kVersion.size()) == kVersion.substr(0, head.size());
}

// The length of the header block with its empty line; 0 if it is not all there.
std::size_t head_length(std::string_view data) noexcept {
  std::size_t at = 0;
  while (true) {
    const void* found = std::memchr(data.data() + at, '\n', data.size() - at);
    if (found == nullptr) return 0;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - data.data()) + 1;
    if (at < data.size() && data[at] == '\n') return at + 1;
    if (at + 1 < data.size() && data[at] == '\r' && data[at + 1] == '\n') return at + 2;
    if (at >= data.size()) return 0;
  }
}

}  // namespace

void HttpResponseReader::begin(bool to_head) noexcept {
  state_ = State::head;
  to_head_ = to_head;
  keep_alive_ = true;
  status_ = 0;
  body_size_ = 0;
  problem_ = {};
}

// "HTTP/1.x NNN" and, loosely, an optional reason.
bool HttpResponseReader::read_status_line(std::string_view line) noexcept {
  if (!line.starts_with(kVersion)) return false;
  if (line.size() < 12 || (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
      (line.size() > 12 && line[12] != ' ')) {
    return wrong("its first line is no 'HTTP/1.1 NNN'");
  }
  status_ = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return wrong("its status is no number");
    status_ = status_ * 10 + (c - '0');
  }
  if (status_ < 100) return wrong("its status is below 100");
  keep_alive_ = line[7] == '1';
  return true;
}

bool HttpResponseReader::read_head(std::string_view head) noexcept {
  chunked_ = encoded_ = has_length_ = false;
  left_ = 0;
  bool first = true;
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    if (end == std::string_view::npos) return false;
    std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!first && line.empty()) return true;
    if (!(first ? read_status_line(line) : read_line(line))) return false;
    first = false;
  }
  return false;
}

// Readers would take these differently.
bool HttpResponseReader::read_line(std::string_view line) noexcept {
  if (is_blank(line[0])) return wrong("a header line is folded (RFC 9112, 5.2)");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return wrong("a header line has no colon");
  if (colon == 0) return wrong("a header line has no name");
  if (is_blank(line[colon - 1])) return wrong("a header has a space before its colon");
  return read_field(line.substr(0, colon), trimmed(line.substr(colon + 1)));
}

bool HttpResponseReader::read_length(std::string_view value) noexcept {
  if (value.starts_with('-')) return wrong("its Content-Length is negative");
  if (value.empty() || value.size() > 19) return wrong("its Content-Length is no number");
  std::uint64_t length = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return wrong("its Content-Length is no number");
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (has_length_ && length != left_) return wrong("it has two different Content-Length headers");
  has_length_ = true;
  left_ = length;
  return true;
}

bool HttpResponseReader::read_field(std::string_view name, std::string_view value) noexcept {
  // Only three fields matter; their lengths sort out nearly all others without a comparison.
  if (name.size() == 14 && same_word(name, "content-length")) return read_length(value);
  if (name.size() == 17 && same_word(name, "transfer-encoding")) {
    encoded_ = true;
    chunked_ = list_has(value, "chunked", true);
  } else if (name.size() == 10 && same_word(name, "connection")) {
    if (list_has(value, "close")) keep_alive_ = false;
    if (list_has(value, "keep-alive")) keep_alive_ = true;
  } else if (status_ / 100 == 3 || keeps_fields_) [[unlikely]] {
    keep_field(name, value);
  }
  return true;
}

void HttpResponseReader::keep_field(std::string_view name, std::string_view value) {
  if (location_ != nullptr && status_ / 100 == 3 && same_word(name, "location"))
    location_->assign(value.substr(0, kLocationKept));
  if (outcome_ != nullptr && same_word(name, "x-outcome"))
    outcome_->assign(value.substr(0, kOutcomeKept));
  if (cookies_ != nullptr && same_word(name, "set-cookie")) cookies_->take(value);
}

HttpResponseReader::Step HttpResponseReader::read(std::string_view data,
                                                  std::size_t& used) noexcept {
  used = 0;
  while (state_ == State::head) {
    const std::string_view rest = data.substr(used);
    const std::size_t length = head_length(rest);
    if (!may_begin(rest)) return Step::malformed;
    if (length > kHeadSizeMax || (length == 0 && rest.size() > kHeadSizeMax))
      return wrong_step("its header is longer than 64 KiB");
    if (length == 0) return Step::need_more;
    if (!read_head(rest.substr(0, length))) return Step::malformed;
    used += length;
    if (status_ == 101)
      return wrong_step("it is a 101 to another protocol, which nobody asked for");
    if (status_ < 200) continue;  // interim: the real answer follows
    if (to_head_ || status_ == 204 || status_ == 304) {
      state_ = State::done;
    } else if (chunked_) {
      state_ = State::chunk_size;
      line_size_ = trailer_size_ = 0;
      left_ = 0;
      size_digits_done_ = after_cr_ = false;
    } else if (has_length_ && !encoded_) {
      state_ = left_ == 0 ? State::done : State::sized_body;
    } else {
      state_ = State::until_close;
      keep_alive_ = false;
    }
  }
  if (state_ == State::done) return Step::complete;
  if (state_ == State::until_close) {
    take_body(data.substr(used));
    used = data.size();
    return Step::need_more;
  }
  if (state_ == State::sized_body) {
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size() - used));
    take_body(data.substr(used, take));
    used += take;
    left_ -= take;
    if (left_ != 0) return Step::need_more;
    state_ = State::done;
    return Step::complete;
  }
  return read_chunked(data, used);
}

HttpResponseReader::Step HttpResponseReader::end_of_stream() const noexcept {
  return state_ == State::until_close || state_ == State::done ? Step::complete : Step::malformed;
}

void HttpResponseReader::take_body(std::string_view bytes) noexcept {
  body_size_ += bytes.size();
  if (body_ == nullptr || body_->size() >= body_limit_) return;
  body_->append(bytes.substr(0, body_limit_ - body_->size()));
}

// One character of a chunk-size line, its line end apart. Extensions are skipped.
bool HttpResponseReader::take_chunk_size_char(char c) noexcept {
  if (++line_size_ > kChunkLineMax) return false;
  if (size_digits_done_) return true;
  const char l = lower(c);
  int digit = -1;
  if (l >= '0' && l <= '9') digit = l - '0';
  if (l >= 'a' && l <= 'f') digit = l - 'a' + 10;
  if (digit >= 0) {
    if (left_ > (std::numeric_limits<std::uint64_t>::max() >> 5)) return false;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return true;
  }
  size_digits_done_ = true;
  return line_size_ > 1 && (c == ';' || is_blank(c));
}

HttpResponseReader::Step HttpResponseReader::read_chunked(std::string_view data,
                                                          std::size_t& used) noexcept {
  while (used < data.size()) {
    if (state_ == State::chunk_data) {
      const auto take =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size() - used));
      take_body(data.substr(used, take));
      used += take;
      left_ -= take;
      if (left_ == 0) state_ = State::chunk_end;
      continue;
    }
    const char c = data[used++];
    if (after_cr_ && c != '\n')
      return wrong_step("a carriage return stands alone in a chunk's line");
    after_cr_ = c == '\r';
    if (after_cr_) continue;
    switch (state_) {
      case State::chunk_size:
        if (c != '\n') {
          if (!take_chunk_size_char(c))
            return wrong_step("a chunk's size is no hexadecimal number");
          break;
        }
        if (line_size_ == 0) return wrong_step("a chunk has no size");
        state_ = left_ == 0 ? State::trailer : State::chunk_data;
        line_size_ = 0;
        break;
      case State::chunk_end:
        if (c != '\n') return wrong_step("a chunk is longer than its size");
        state_ = State::chunk_size;
        size_digits_done_ = false;
        break;
      case State::trailer:
        if (++trailer_size_ > kTrailerSizeMax)
          return wrong_step("its trailer is longer than 64 KiB");
        if (c != '\n') {
          ++line_size_;
          break;
        }
        if (line_size_ == 0) {
          state_ = State::done;
          return Step::complete;
        }
        line_size_ = 0;
        break;
      default:
        return Step::malformed;
    }
  }
  return Step::need_more;
}

}  // namespace tracetax
