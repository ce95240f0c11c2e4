// SPDX-License-Identifier: Apache-2.0
#include "targets/request/http_text.h"

#include <fmt/format.h>

#include <array>
#include <boost/beast/http/status.hpp>
#include <ctime>

#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

// "Wed, 21 Oct 2026 07:28:00 GMT", made once per second and thread.
std::string_view http_date() {
  thread_local std::time_t stamped = -1;
  thread_local std::array<char, 40> text;
  thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != stamped) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    stamped = now;
  }
  return {text.data(), size};
}

std::string_view reason(unsigned status) {
  const auto text =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {text.data(), text.size()};
}

void append_number(std::size_t value, std::string& out) {
  const fmt::format_int digits(value);
  out.append(digits.data(), digits.size());
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::string title_case(std::string_view name) {
  std::string title(name);
  bool starts_word = true;
  for (char& c : title) {
    c = starts_word ? upper(c) : lower(c);
    starts_word = c == '-';
  }
  return title;
}

std::optional<RequestTarget> split_target(std::string_view target, std::string& scratch) {
  constexpr std::string_view kScheme = "http://";
  if (target.starts_with(kScheme)) {
    const auto slash = target.find('/', kScheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (target != "*" && !target.starts_with('/')) return std::nullopt;
  RequestTarget parts{target, {}};
  const auto mark = target.find('?');
  if (mark != std::string_view::npos) {
    parts.path = target.substr(0, mark);
    parts.query = target.substr(mark + 1);
  }
  if (parts.path.find('%') != std::string_view::npos) {
    if (!decode_percent(parts.path, scratch)) return std::nullopt;
    parts.path = scratch;
  }
  return parts;
}

void write_answer(const Exchange& exchange, ConnectionHeader connection, std::string& out) {
  out.assign(exchange.minor_version == 0 ? "HTTP/1.0 " : "HTTP/1.1 ");
  append_number(exchange.status, out);
  out.append(" ").append(reason(exchange.status));
  if (!exchange.server.empty()) {  // Hertz has these two in front of the rest
    out.append("\r\nServer: ").append(exchange.server).append("\r\nDate: ").append(http_date());
  }
  if (!exchange.allow.empty()) out.append("\r\nAllow: ").append(exchange.allow);
  if (!exchange.content_type.empty()) {
    out.append("\r\nContent-Type: ").append(exchange.content_type);
  }
  for (const AnswerHeader& header : exchange.answer_headers) {
    out.append("\r\n").append(header.name).append(": ").append(header.value);
  }
  if (exchange.server.empty()) out.append("\r\nDate: ").append(http_date());
  out.append("\r\nContent-Length: ");
  append_number(exchange.answer.size(), out);
  if (connection != ConnectionHeader::none) {
    out.append("\r\nConnection: ");
    out.append(connection == ConnectionHeader::close ? "close" : "keep-alive");
  }
  out.append("\r\n\r\n");
  if (exchange.method != "HEAD") out.append(exchange.answer);
}

std::string refusal(unsigned status, std::string_view why) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: text/plain; charset=utf-8\r\nDate: {}\r\n"
      "Content-Length: {}\r\nConnection: close\r\n\r\n{}\n",
      status, reason(status), http_date(), why.size() + 1, why);
}

}  // namespace tracetax
