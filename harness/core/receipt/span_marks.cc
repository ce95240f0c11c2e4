// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/span_marks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <iterator>

namespace tracetax {
namespace {

// Names that belong together: one of today's excuses all old ones of its family.
constexpr std::uint8_t kHttpFamily = 1, kNetFamily = 2, kRpcFamily = 4, kDatabaseFamily = 8;

constexpr OldName kOldNames[] = {
    {"http.method", "http.request.method"},
    {"http.status_code", "http.response.status_code"},
    {"http.target", "url.path"},
    {"http.url", "url.full"},
    {"http.scheme", "url.scheme"},
    {"http.flavor", "network.protocol.version"},
    {"http.host", "server.address"},
    {"http.user_agent", "user_agent.original"},
    {"http.client_ip", "client.address"},
    {"http.server_name", "server.address"},
    {"http.request_content_length", "http.request.body.size"},
    {"http.response_content_length", "http.response.body.size"},
    {"db.system", "db.system.name"},
    {"db.statement", "db.query.text"},
    {"db.operation", "db.operation.name"},
    {"db.name", "db.namespace"},
    {"net.peer.name", "server.address"},
    {"net.peer.ip", "network.peer.address"},
    {"net.peer.port", "network.peer.port"},
    {"net.host.name", "server.address"},
    {"net.host.ip", "network.local.address"},
    {"net.host.port", "server.port"},
    {"net.transport", "network.transport"},
    {"net.protocol.name", "network.protocol.name"},
    {"net.protocol.version", "network.protocol.version"},
    {"net.sock.peer.addr", "network.peer.address"},
    {"net.sock.peer.port", "network.peer.port"},
    {"net.sock.host.addr", "network.local.address"},
    {"rpc.system", "rpc.system.name"},
    {"rpc.service", "rpc.method, with the service in it"},
    {"rpc.grpc.status_code", "rpc.response.status_code"},
};
static_assert(std::size(kOldNames) <= 31, "five bits, and 0 is none");

constexpr std::uint8_t family_of(std::string_view key) {
  if (key.starts_with("http.")) return kHttpFamily;
  if (key.starts_with("net.")) return kNetFamily;
  return key.starts_with("rpc.") ? kRpcFamily : kDatabaseFamily;
}

struct TodaysName {
  std::string_view name;
  std::uint8_t family;
};
constexpr TodaysName kTodaysNames[] = {
    {"http.request.method", kHttpFamily},
    {"http.response.status_code", kHttpFamily},
    {"url.path", kHttpFamily},
    {"url.full", kHttpFamily},
    {"server.address", kNetFamily},
    {"client.address", kNetFamily},
    {"network.peer.address", kNetFamily},
    {"network.transport", kNetFamily},
    {"network.protocol.name", kNetFamily},
    {"network.protocol.version", kNetFamily},
    {"rpc.system.name", kRpcFamily},
    {"db.system.name", kDatabaseFamily},
};

/// What a key means here. Keys are looked up by their size, which few share.
struct Meaning {
  std::string_view key;
  std::uint32_t old = 0;   // its bit
  std::uint8_t today = 0;  // its family
};
constexpr std::size_t kLongestKey = 32;
constexpr std::size_t kMeaningCount = std::size(kOldNames) + std::size(kTodaysNames) + 2;

struct Meanings {
  std::array<Meaning, kMeaningCount> by_size{};
  std::array<std::uint8_t, kLongestKey + 1> begin{};  // of the keys of this size or more
};

constexpr Meanings make_meanings() {
  Meanings all;
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::size(kOldNames); ++i)
    all.by_size[count++] = {kOldNames[i].old, 1U << i, 0};
  for (const TodaysName& today : kTodaysNames) all.by_size[count++] = {today.name, 0, today.family};
  all.by_size[count++] = {"http.route", 0, 0};
  all.by_size[count++] = {"url.template", 0, 0};
  std::sort(all.by_size.begin(), all.by_size.end(), [](const Meaning& left, const Meaning& right) {
    return left.key.size() < right.key.size();
  });
  for (std::size_t size = 0; size <= kLongestKey; ++size) {
    std::uint8_t first = 0;
    while (first < kMeaningCount && all.by_size[first].key.size() < size) ++first;
    all.begin[size] = first;
  }
  return all;
}
constexpr Meanings kMeanings = make_meanings();
static_assert(kMeanings.by_size.back().key.size() < kLongestKey);

const Meaning* meaning_of(std::string_view key) {
  if (key.size() >= kLongestKey) return nullptr;
  for (std::size_t i = kMeanings.begin[key.size()]; i < kMeanings.begin[key.size() + 1]; ++i) {
    if (kMeanings.by_size[i].key == key) return &kMeanings.by_size[i];
  }
  return nullptr;
}

constexpr bool is_decimal(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) {
  return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_id(std::string_view segment, std::string_view before) {
  if (segment.empty()) return false;
  if (std::all_of(segment.begin(), segment.end(), is_decimal)) {
    const bool version = segment.size() <= 2 && (before == "api" || before == "version");
    return !version;
  }
  constexpr std::size_t kShortestHex = 16;
  return is_uuid(segment) ||
         (segment.size() >= kShortestHex && std::all_of(segment.begin(), segment.end(), is_hex) &&
          std::any_of(segment.begin(), segment.end(), is_decimal));
}

bool is_http_status(std::string_view key) {
  return key.ends_with("status_code") && key.starts_with("http.");
}

/// Takes "GET " from the beginning, and says whether it was there.
bool take_method(std::string_view& name) {
  for (const std::string_view method : {"GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "HEAD ",
                                        "OPTIONS ", "QUERY ", "TRACE ", "CONNECT "}) {
    if (!name.starts_with(method)) continue;
    name.remove_prefix(method.size());
    return true;
  }
  return false;
}

}  // namespace

SeenKind kind_of(std::uint16_t marks) { return static_cast<SeenKind>(marks & span_mark::kKind); }

SeenKind seen_kind(std::uint64_t number) {
  return number > static_cast<std::uint64_t>(SeenKind::consumer) ? SeenKind::unspecified
                                                                 : static_cast<SeenKind>(number);
}

bool is_route_key(std::string_view key) { return key == "http.route" || key == "url.template"; }

std::span<const OldName> old_names() { return kOldNames; }

const OldName* old_name_of(std::uint16_t marks) {
  const unsigned number = (marks & span_mark::kOldName) >> span_mark::kOldNameShift;
  return number == 0 || number > std::size(kOldNames) ? nullptr : &kOldNames[number - 1];
}

bool is_raw_path(std::string_view name, std::string_view route) {
  const auto is_route = [&] { return !route.empty() && name == route; };
  if (is_route()) return false;
  const bool has_method = take_method(name);
  if (is_route()) return false;
  name = name.substr(0, name.find(' '));  // "... HTTP/1.1"
  if (const auto scheme = name.find("://"); scheme != std::string_view::npos) {
    const auto path = name.find('/', scheme + 3);
    if (path == std::string_view::npos) return false;
    name.remove_prefix(path);
  } else if (!name.starts_with('/') && !has_method) {
    return false;
  }
  if (is_route()) return false;
  if (const auto query = name.find('?'); query != std::string_view::npos) {
    // Patterns of routes have it after a bracket: "(?P<id>...)", "(?=...)", or as a last
    // "optional".
    if (query > 0 && name[query - 1] == '(') return false;
    if (name.find('=', query) != std::string_view::npos) return true;
    name = name.substr(0, query);
  }
  std::string_view before;
  while (!name.empty()) {
    const auto slash = std::min(name.find('/'), name.size());
    const std::string_view segment = name.substr(0, slash);
    if (is_id(segment, before)) return true;
    before = segment;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return false;
}

bool SpanMarks::note(std::string_view key) {
  const Meaning* meaning = meaning_of(key);
  if (meaning == nullptr) return false;
  old_ |= meaning->old;
  today_ |= meaning->today;
  http_ = http_ || key.starts_with("http.") || key.starts_with("url.");
  return true;
}

void SpanMarks::see(std::string_view key, std::string_view value) {
  if (!note(key)) return;
  if (is_route_key(key)) {
    route_ = value;
  } else if (is_http_status(key)) {
    // Some write it as a text.
    std::from_chars(value.data(), value.data() + value.size(), status_);
  }
}

void SpanMarks::see(std::string_view key, std::int64_t value) {
  if (note(key) && is_http_status(key)) status_ = value;
}

std::uint16_t SpanMarks::marks(SeenKind kind, std::string_view name, bool error,
                               bool truncated) const {
  auto marks = static_cast<std::uint16_t>(kind);
  if (error) marks |= span_mark::kError;
  if (truncated) marks |= span_mark::kTruncated;
  if (error && kind == SeenKind::server && status_ >= 400 && status_ < 500)
    marks |= span_mark::kClientErrorMarked;
  const bool named_by_path = kind == SeenKind::server || kind == SeenKind::client;
  if (http_ && named_by_path && is_raw_path(name, route_)) marks |= span_mark::kRawPathName;
  for (std::uint32_t left = old_; left != 0; left &= left - 1) {
    const auto index = static_cast<unsigned>(std::countr_zero(left));
    if ((family_of(kOldNames[index].old) & today_) != 0) continue;
    marks = static_cast<std::uint16_t>(marks | ((index + 1) << span_mark::kOldNameShift));
    break;
  }
  return marks;
}

}  // namespace tracetax
