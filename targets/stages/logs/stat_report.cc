// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/stat_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

class StatReportStage final : public Stage {
 public:
  explicit StatReportStage(const StatReportSpec& spec)
      : spec_(spec), channel_(spec.capacity), collector_([this] { collect(); }) {}
  StatReportStage(const StatReportStage&) = delete;
  StatReportStage& operator=(const StatReportStage&) = delete;
  ~StatReportStage() override { channel_.close(); }

  void handle(Exchange& exchange, Next next) const override {
    const auto start = Clock::now();
    next(exchange);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    const bool failed = exchange.status >= 400;
    const auto ms = static_cast<std::int32_t>(std::min<std::int64_t>(took.count(), 1'000'000'000));
    channel_.send({.head = {.master_name = std::string(exchange.header("master")),
                            .slave_name = std::string(spec_.server),
                            .interface_name = std::string(exchange.path),
                            .slave_address = "127.0.0.1",
                            .tars_version = "1.4.5",
                            .returned = failed ? static_cast<std::int32_t>(exchange.status) : 0},
                   .body = {.count = failed ? 0 : 1,
                            .failed = failed ? 1 : 0,
                            .total_ms = ms,
                            .max_ms = ms,
                            .min_ms = ms}});
  }

  std::string describe() const override {
    return fmt::format("metric: a record per call through a channel of {}, collected for {} s",
                       spec_.capacity, spec_.interval.count());
  }

 private:
  void collect() {
    StatTable table;
    auto report_at = Clock::now() + spec_.interval;
    while (!channel_.is_closed()) {
      for (const StatRecord& record : channel_.receive(report_at)) add_to_table(record, table);
      if (Clock::now() < report_at) continue;
      table.clear();
      report_at += spec_.interval;
    }
  }

  StatReportSpec spec_;
  mutable StatChannel channel_;
  std::jthread collector_;  // last: it uses the others
};

}  // namespace

void add_to_table(const StatRecord& record, StatTable& table) {
  const auto [entry, is_new] = table.try_emplace(record.head, record.body);
  if (is_new) return;
  StatBody& sum = entry->second;
  sum.count += record.body.count;
  sum.failed += record.body.failed;
  sum.total_ms += record.body.total_ms;
  sum.max_ms = std::max(sum.max_ms, record.body.max_ms);
  sum.min_ms = std::min(sum.min_ms, record.body.min_ms);
}

bool StatChannel::send(StatRecord record) {
  std::unique_lock lock(mutex_);
  not_full_.wait(lock, [&] { return closed_ || records_.size() < capacity_; });
  if (closed_) return false;
  records_.push_back(std::move(record));
  if (records_.size() == 1) not_empty_.notify_one();
  return true;
}

std::vector<StatRecord> StatChannel::receive(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  not_empty_.wait_until(lock, deadline, [&] { return closed_ || !records_.empty(); });
  if (records_.size() == capacity_) not_full_.notify_all();
  return std::exchange(records_, {});
}

void StatChannel::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  not_full_.notify_all();
  not_empty_.notify_all();
}

bool StatChannel::is_closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

StagePointer make_stage(const StatReportSpec& spec) {
  return std::make_unique<StatReportStage>(spec);
}

}  // namespace tracetax
