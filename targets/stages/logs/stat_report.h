// Stage `metric` of TarsGo (statf.go): every call makes a record, head and numbers, and puts it on
// a channel. A collector takes it off, adds it to the table by head, and empties the table at each
// interval. TarsGo would then send the table to a stat server. There is none here, and nothing is
// sent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

struct StatHead {
  std::string master_name{};
  std::string slave_name{};
  std::string interface_name{};
  std::string slave_address{};
  std::string tars_version{};
  std::int32_t returned = 0;
  friend auto operator<=>(const StatHead&, const StatHead&) = default;
};

struct StatBody {
  std::int32_t count = 0;
  std::int32_t failed = 0;
  std::int64_t total_ms = 0;
  std::int32_t max_ms = 0;
  std::int32_t min_ms = 0;
  friend bool operator==(const StatBody&, const StatBody&) = default;
};

struct StatRecord {
  StatHead head;
  StatBody body;
};
using StatTable = std::map<StatHead, StatBody>;
void add_to_table(const StatRecord& record, StatTable& table);

/// A bounded queue; senders wait where it is full, as on a Go channel. Any thread; one collector.
class StatChannel {
 public:
  explicit StatChannel(std::size_t capacity) : capacity_(capacity) {}
  /// False once closed.
  bool send(StatRecord record);
  /// All that is there, after waiting for some until `deadline`; nothing at the deadline or when
  /// closed.
  [[nodiscard]] std::vector<StatRecord> receive(std::chrono::steady_clock::time_point deadline);
  void close();
  [[nodiscard]] bool is_closed() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::vector<StatRecord> records_;
  bool closed_ = false;
};

struct StatReportSpec {
  std::string_view server = "tracetax.Bench";
  std::chrono::seconds interval{10};
  std::size_t capacity = 100'000;
};
[[nodiscard]] StagePointer make_stage(const StatReportSpec& spec);

}  // namespace tracetax
