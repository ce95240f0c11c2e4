// Random trees in any order are equal, and no single mistake goes unseen.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/tree_shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace tracetax {
namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

/// Few names, so that many spans are alike.
SpanTree random_tree(Random& random, std::size_t size) {
  SpanTree tree;
  for (std::size_t i = 0; i < size; ++i) {
    tree.spans.push_back({below(random, 2) == 0 ? "a" : "b", below(random, 2) == 0 ? "x" : "y",
                          static_cast<SpanKindNumber>(1 + below(random, 3)),
                          i == 0 ? kTopSpan : static_cast<int>(below(random, i))});
  }
  return tree;
}

SpanTree in_another_order(const SpanTree& tree, Random& random) {
  std::vector<int> place(tree.spans.size());
  std::iota(place.begin(), place.end(), 0);
  std::shuffle(place.begin(), place.end(), random);
  SpanTree shuffled;
  shuffled.spans.resize(place.size());
  for (std::size_t i = 0; i < place.size(); ++i) {
    TreeSpan span = tree.spans[i];
    if (span.parent >= 0) span.parent = place[static_cast<std::size_t>(span.parent)];
    shuffled.spans[static_cast<std::size_t>(place[i])] = span;
  }
  return shuffled;
}

/// The tree as nested text, with children in order: what a shape stands for.
std::string written(const SpanTree& tree, int parent) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < tree.spans.size(); ++i) {
    const TreeSpan& span = tree.spans[i];
    if (span.parent != parent) continue;
    parts.push_back(span.service + span.name + std::to_string(span.kind) + "(" +
                    written(tree, static_cast<int>(i)) + ")");
  }
  std::sort(parts.begin(), parts.end());
  std::string all;
  for (const std::string& part : parts) all += part;
  return all;
}

/// One mistake; children of a span that is dropped go to its parent.
SpanTree with_mistake(SpanTree tree, Random& random) {
  const std::size_t at = below(random, tree.spans.size());
  switch (below(random, 6)) {
    case 0: {
      if (tree.spans.size() == 1) return tree;
      const int own = static_cast<int>(at), above = tree.spans[at].parent;
      for (TreeSpan& span : tree.spans) {
        if (span.parent == own) span.parent = above;
        if (span.parent > own) --span.parent;
      }
      tree.spans.erase(tree.spans.begin() + own);
      return tree;
    }
    case 1:
      tree.spans.push_back(tree.spans[at]);
      return tree;
    case 2:
      tree.spans[at].name += "!";
      return tree;
    case 3:
      tree.spans[at].parent = at == 0 ? kLostSpan : static_cast<int>(below(random, at)) - 1;
      return tree;
    case 4:
      tree.spans[at].kind = static_cast<SpanKindNumber>(tree.spans[at].kind % 5 + 1);
      return tree;
    default:
      tree.spans[at].service = "c";
      return tree;
  }
}

TEST(TreeShape, IsTheSameInAnyOrderAndNeverWithAMistake) {
  Random random(20261201);
  int mistakes = 0;
  for (int round = 0; round < 3000; ++round) {
    const SpanTree tree = random_tree(random, 1 + below(random, 12));
    const std::uint64_t whole = shape_of(tree).whole;
    EXPECT_EQ(shape_of(in_another_order(tree, random)).whole, whole);
    const SpanTree wrong = in_another_order(with_mistake(tree, random), random);
    // What was moved to where the same stood already is no mistake.
    const bool same = written(wrong, kTopSpan) == written(tree, kTopSpan) &&
                      wrong.spans.size() == tree.spans.size();
    EXPECT_EQ(shape_of(wrong).whole == whole, same) << written(tree, kTopSpan) << "\n"
                                                    << written(wrong, kTopSpan);
    if (same) continue;
    ++mistakes;
    EXPECT_NE(difference_of(tree.spans, wrong.spans).text, "");
  }
  EXPECT_GT(mistakes, 2500);
}

TEST(TreeShape, TellsTheNestingWhereTheSamePathsOccur) {
  // a{b{c}, b{d}} and a{b{c, d}, b}
  const SpanTree apart{.spans = {{"s", "a", 1, -1},
                                 {"s", "b", 1, 0},
                                 {"s", "b", 1, 0},
                                 {"s", "c", 1, 1},
                                 {"s", "d", 1, 2}},
                       .linked = {}};
  SpanTree together = apart;
  together.spans[4].parent = 1;
  EXPECT_NE(shape_of(apart).whole, shape_of(together).whole);
  EXPECT_EQ(difference_of(apart.spans, together.spans).text,
            "its spans are the right ones, but one has no parent that came, or stands under "
            "another span of the same name");
}

TEST(TreeShape, ACircleIsNoTree) {
  SpanTree tree{.spans = {{"s", "a", 1, -1}, {"s", "b", 1, 0}, {"s", "c", 1, 1}}, .linked = {}};
  SpanTree circle = tree;
  circle.spans[1].parent = 2;
  EXPECT_NE(shape_of(tree).whole, shape_of(circle).whole);
}

TEST(TreeShape, NamesTheDifference) {
  const std::vector<TreeSpan> tree{{"shop", "POST /order", 2, -1},
                                   {"shop", "POST", 3, 0},
                                   {"stock", "POST /reserve", 2, 1},
                                   {"stock", "sql.conn.query", 3, 2},
                                   {"shop", "order.created publish", 4, 0}};
  const auto told = [&tree](auto&& change) {
    auto came = tree;
    change(came);
    return difference_of(tree, came);
  };
  const auto lacks = told([](auto& spans) { spans.erase(spans.begin() + 3); });
  EXPECT_EQ(lacks.text, "span 'sql.conn.query' (client) of service 'stock' is missing");
  EXPECT_TRUE(lacks.only_lacks);
  const auto more = told([](auto& spans) { spans.push_back(spans[3]); });
  EXPECT_EQ(more.text, "span 'sql.conn.query' (client) of service 'stock' is too many");
  EXPECT_FALSE(more.only_lacks);
  EXPECT_EQ(told([](auto& spans) { spans[3].kind = 1; }).text,
            "span 'sql.conn.query' (client) of service 'stock' is missing, and span "
            "'sql.conn.query' (internal) of service 'stock' is there instead");
  EXPECT_EQ(told([](auto& spans) { spans[4].parent = 2; }).text,
            "span 'order.created publish' (producer) of service 'shop' stands under span 'POST "
            "/reserve' (server) of service 'stock' and not under span 'POST /order' (server) of "
            "service 'shop'");
  const auto moved = told([](auto& spans) {
    spans.erase(spans.begin() + 3);
    spans[3].parent = 2;
  });
  EXPECT_FALSE(moved.only_lacks) << moved.text;
}

}  // namespace
}  // namespace tracetax
