// What recalls of a recommender come to: lists of items, best first, merged by a heap of their
// heads, each item once. The lists follow from the user.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <queue>

#include "targets/work/draws.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

struct MergeSpec {
  std::size_t lists = 3;
  std::size_t length = 100;
  std::uint64_t items = 10'000;  // that there are
  std::size_t most = 200;
};

struct Recalled {
  double score = 0;
  std::uint64_t item = 0;
};

class MergeDedup final : public Work {
 public:
  MergeDedup(const MergeSpec& spec, JsonFields& with) : spec_(spec), seed_(with) {}

  bool run(Values& values) override {
    const std::vector<std::vector<Recalled>> lists = recalled(Draws(seed_(values)));
    struct Head {
      double score;
      std::size_t list, at;
      bool operator<(const Head& other) const { return score < other.score; }
    };
    std::priority_queue<Head> heads;
    for (std::size_t i = 0; i < lists.size(); ++i) heads.push({lists[i].front().score, i, 0});
    std::vector<bool> taken(spec_.items);
    std::string merged;
    for (std::size_t n = 0; n < spec_.most && !heads.empty();) {
      const Head head = heads.top();
      heads.pop();
      const auto& list = lists[head.list];
      if (const auto item = static_cast<std::size_t>(list[head.at].item); !taken[item]) {
        taken[item] = true;
        fmt::format_to(std::back_inserter(merged), "{}{}", n++ == 0 ? "" : " ", item);
      }
      if (head.at + 1 < list.size()) heads.push({list[head.at + 1].score, head.list, head.at + 1});
    }
    values.set("candidates", std::move(merged));
    return true;
  }

 private:
  [[nodiscard]] std::vector<std::vector<Recalled>> recalled(Draws draws) const {
    std::vector<std::vector<Recalled>> lists(spec_.lists);
    for (auto& list : lists) {
      double score = 1;
      for (std::size_t i = 0; i < spec_.length; ++i)
        list.push_back({score *= 0.9 + draws.share() / 10, draws.below(spec_.items)});
    }
    return lists;
  }

  const MergeSpec spec_;
  SeedOf seed_;
};

}  // namespace

std::unique_ptr<Work> make_merge_dedup(JsonFields& with) {
  MergeSpec spec;
  spec.lists = static_cast<std::size_t>(with.integer("lists", 1, 100).value_or(3));
  spec.length = static_cast<std::size_t>(with.integer("length", 1, 10'000).value_or(100));
  spec.items = static_cast<std::uint64_t>(with.integer("items", 1, 10'000'000).value_or(10'000));
  spec.most = static_cast<std::size_t>(with.integer("most", 1, 10'000).value_or(200));
  return std::make_unique<MergeDedup>(spec, with);
}

}  // namespace tracetax
