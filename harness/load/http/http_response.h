// An incremental reader of HTTP/1.1 answers (RFC 9112), for a client that wants to know where an
// answer ends, its status and whether the connection stays open; bodies are counted and skipped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

class CookieJar;

/// One answer after another on one connection. Takes content-length, chunked and close-delimited
/// bodies; skips interim 1xx answers. Never throws, never allocates
/// (but for collect_body(), collect_fields() and collect_outcome()).
class HttpResponseReader {
 public:
  enum class Step { need_more, complete, malformed };

  /// Longest status line and header block taken; more is malformed.
  static constexpr std::size_t kHeadSizeMax = 64 * 1024;

  /// Prepares for the next answer. `to_head`: it answers a HEAD request and has no body.
  void begin(bool to_head) noexcept;

  /// Reads from `data`, sets `used` to the bytes taken. A header block is taken whole or not at
  /// all: after need_more the caller offers the unused bytes again with more behind them. Bytes
  /// beyond a complete answer are left.
  [[nodiscard]] Step read(std::string_view data, std::size_t& used) noexcept;

  /// The connection ended: complete if the body was to last until then, else malformed (cut short).
  [[nodiscard]] Step end_of_stream() const noexcept;

  /// After malformed: what is wrong, to be read behind "the answer is malformed: ". Empty: it does
  /// not even begin like an answer.
  [[nodiscard]] std::string_view problem() const noexcept { return problem_; }

  [[nodiscard]] int status() const noexcept { return status_; }
  /// Whether the connection may carry another request after this answer.
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  [[nodiscard]] std::uint64_t body_size() const noexcept { return body_size_; }
  /// True once the first byte of the current answer's head was taken.
  [[nodiscard]] bool started() const noexcept { return state_ != State::head; }

  /// Appends body bytes to `body` (at most `limit`) from now on; for checks, not for the hot loop.
  void collect_body(std::string* body, std::size_t limit) noexcept {
    body_ = body;
    body_limit_ = limit;
  }

  /// From now on puts the Location of an answer that points elsewhere into `location`, and cookies
  /// into `cookies`, which may be null.
  void collect_fields(std::string* location, CookieJar* cookies) noexcept {
    location_ = location;
    cookies_ = cookies;
    keeps_fields_ = cookies_ != nullptr || outcome_ != nullptr;
  }
  /// From now on puts the X-Outcome of an answer that has one into `outcome`.
  void collect_outcome(std::string* outcome) noexcept {
    outcome_ = outcome;
    keeps_fields_ = cookies_ != nullptr || outcome_ != nullptr;
  }

 private:
  enum class State {
    head,
    sized_body,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    until_close,
    done
  };

  bool wrong(std::string_view problem) noexcept {
    problem_ = problem;
    return false;
  }
  Step wrong_step(std::string_view problem) noexcept {
    problem_ = problem;
    return Step::malformed;
  }
  [[nodiscard]] bool read_status_line(std::string_view line) noexcept;
  [[nodiscard]] bool read_line(std::string_view line) noexcept;
  [[nodiscard]] bool read_length(std::string_view value) noexcept;
  [[nodiscard]] bool read_head(std::string_view head) noexcept;
  [[nodiscard]] bool read_field(std::string_view name, std::string_view value) noexcept;
  void keep_field(std::string_view name, std::string_view value);
  void take_body(std::string_view bytes) noexcept;
  [[nodiscard]] Step read_chunked(std::string_view data, std::size_t& used) noexcept;
  [[nodiscard]] bool take_chunk_size_char(char c) noexcept;

  State state_ = State::head;
  bool to_head_ = false;
  bool keep_alive_ = true;
  bool encoded_ = false;  // has a transfer-encoding; overrides the length
  bool chunked_ = false;  // and that ends in chunked; else the body lasts until the close
  bool has_length_ = false;
  int status_ = 0;
  std::uint64_t left_ = 0;  // of the sized body or the chunk
  std::uint64_t body_size_ = 0;
  std::uint32_t line_size_ = 0;  // of a chunk-size or trailer line so far
  std::uint32_t trailer_size_ = 0;
  bool size_digits_done_ = false;  // in a chunk-size line: past the digits
  bool after_cr_ = false;          // in one of those: the next must be the line feed
  std::string_view problem_;
  std::string* body_ = nullptr;
  std::string* location_ = nullptr;
  std::string* outcome_ = nullptr;
  CookieJar* cookies_ = nullptr;
  bool keeps_fields_ = false;  // one of the last two
  std::size_t body_limit_ = 0;
};

}  // namespace tracetax
