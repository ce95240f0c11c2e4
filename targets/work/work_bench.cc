// What a step of each work costs. The order book's one should be near 2.5 us.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <string>

#include "targets/work/work.h"

namespace tracetax {
namespace {

void run_work(benchmark::State& state, std::string_view name, std::string_view with) {
  Mistakes mistakes("");
  const auto json = JsonSource::Json::parse(with);
  JsonFields fields(json, "", mistakes);
  const auto work = find_in_catalog(work_catalog(), "work", name).value()(fields);
  int request = 0;
  for (auto _ : state) {
    Values values;
    values.set("id", std::to_string(++request));
    values.set("amount", "100");
    values.set("candidates", "1 22 333 4444");
    benchmark::DoNotOptimize(work->run(values));
  }
}

BENCHMARK_CAPTURE(run_work, anomaly, "anomaly", R"({"by": "id", "most": 0.95})");
BENCHMARK_CAPTURE(run_work, at_most, "at_most", R"({"value": "amount", "most": 1000})");
BENCHMARK_CAPTURE(run_work, hash_chain, "hash_chain", R"({"record": ["id", "amount"]})");
BENCHMARK_CAPTURE(run_work, lru_cache, "lru_cache", R"({"by": "id"})");
BENCHMARK_CAPTURE(run_work, merge_dedup, "merge_dedup", R"({"by": "id"})");
BENCHMARK_CAPTURE(run_work, netting_1000, "netting", R"({"by": "id"})");
BENCHMARK_CAPTURE(run_work, order_book_1, "order_book", "{}");
BENCHMARK_CAPTURE(run_work, order_book_32, "order_book", R"({"orders": 32})");

// Both of them, as in a request: merged candidates, then their ranks.
void BM_merge_and_rank_200(benchmark::State& state) {
  Mistakes mistakes("");
  const auto json = JsonSource::Json::parse(R"({"by": "id"})");
  JsonFields fields(json, "", mistakes);
  const auto merge = find_in_catalog(work_catalog(), "work", "merge_dedup").value()(fields);
  const auto rank = find_in_catalog(work_catalog(), "work", "rank").value()(fields);
  int request = 0;
  for (auto _ : state) {
    Values values;
    values.set("id", std::to_string(++request));
    benchmark::DoNotOptimize(merge->run(values) && rank->run(values));
  }
}
BENCHMARK(BM_merge_and_rank_200);

}  // namespace
}  // namespace tracetax
