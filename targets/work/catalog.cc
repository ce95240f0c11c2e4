// Every work by the name that a topology's "work" gives it.
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "targets/work/work.h"

namespace tracetax {

// One line declares make_NAME(with), which is in a file of this room, and lists it.
#define WORK(name, help)                                      \
  extern std::unique_ptr<Work> make_##name(JsonFields& with); \
  all.push_back({#name, help, make_##name})

static std::vector<CatalogEntry<MakeWork>> every_work() {
  std::vector<CatalogEntry<MakeWork>> all;
  WORK(anomaly, "a logistic score of a value, as risk.score; no: above most");
  WORK(at_most, "no: a value is above most");
  WORK(frequency, "a sliding window for each value of by; no: more than most in it");
  WORK(hash_chain, "SHA-256 over the hash before and the values of record, as hash");
  WORK(lru_cache,
       "objects in shards of a consistent hash, least recently used first out; no: a miss");
  WORK(merge_dedup, "sorted lists merged by a heap, each item once, as candidates");
  WORK(netting, "trades netted by pairs of parties, as nets");
  WORK(order_book, "orders matched by price, then time; integer ticks");
  WORK(rank, "dot products of the candidates with a user's vector; the best as items");
  return all;
}

std::span<const CatalogEntry<MakeWork>> work_catalog() {
  static const std::vector<CatalogEntry<MakeWork>> kWorks = every_work();
  return kWorks;
}

}  // namespace tracetax
