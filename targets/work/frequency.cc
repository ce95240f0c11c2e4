// A rule: at most so many times within a window that slides, for each user. What was refused does
// not count. It holds as many times as each user may have; users are never forgotten.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "harness/core/text/units.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

class Frequency final : public Work {
 public:
  Frequency(std::string by, std::size_t most, Nanos within)
      : by_(std::move(by)), most_(most), within_(within) {}

  bool run(Values& values) override {
    std::string user(values.get(by_));
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    auto& times = times_[std::move(user)];
    while (!times.empty() && times.front() + within_ <= now) times.pop_front();
    if (times.size() >= most_) return false;
    times.push_back(now);
    return true;
  }

 private:
  const std::string by_;
  const std::size_t most_;
  const Nanos within_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::deque<std::chrono::steady_clock::time_point>> times_;
};

}  // namespace

std::unique_ptr<Work> make_frequency(JsonFields& with) {
  with.require("by", R"("by": "user")").require("most", R"("most": 5)");
  with.require("within", R"("within": "1s")");
  auto by = with.text("by");
  const auto most = with.integer("most", 1, 1'000'000);
  const auto within = with.parsed("within", parse_duration);
  if (!by || !most || !within) return nullptr;
  return std::make_unique<Frequency>(std::move(*by), static_cast<std::size_t>(*most), *within);
}

}  // namespace tracetax
