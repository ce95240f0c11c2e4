// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/quality_json.h"

#include <nlohmann/json.hpp>

namespace tracetax {
namespace {

using QualityJson = nlohmann::ordered_json;

/// Calls visit(key, count, needed) for every count, in the order in which they are written.
template <typename Quality, typename Visitor>
void for_each_count(Quality& quality, Visitor&& visit) {
  visit("spans", quality.spans, true);
  visit("traces", quality.traces, true);
  visit("traces_sampled", quality.traces_sampled, true);
  visit("traces_recalled", quality.traces_recalled, true);
  visit("traces_whole", quality.traces_whole, true);
  visit("spans_sampled", quality.spans_sampled, true);
  visit("spans_recalled", quality.spans_recalled, true);
  visit("orphans", quality.orphans, false);
  visit("late_parents", quality.late_parents, false);
  visit("many_roots", quality.many_roots, false);
  visit("negative_durations", quality.negative_durations, false);
  visit("outside_parents", quality.outside_parents, false);
  visit("from_the_future", quality.from_the_future, false);
  visit("truncated", quality.truncated, false);
  visit("raw_path_names", quality.raw_path_names, false);
  visit("client_errors_marked", quality.client_errors_marked, false);
  visit("old_conventions", quality.old_conventions, false);
}

/// The same for texts; none is needed.
template <typename Quality, typename Visitor>
void for_each_example(Quality& quality, Visitor&& visit) {
  visit("raw_path_example", quality.raw_path_example);
  visit("old_convention_example", quality.old_convention_example);
}

}  // namespace

QualityJson quality_to_json(const TraceQuality& quality) {
  QualityJson json = QualityJson::object();
  for_each_count(quality, [&json](const char* key, std::uint64_t count, bool needed) {
    if (needed || count > 0) json[key] = count;
  });
  for_each_example(quality, [&json](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  });
  return json;
}

bool quality_from_json(const QualityJson& json, TraceQuality& out) {
  if (!json.is_object()) return false;
  bool right = true;
  for_each_count(out, [&](const char* key, std::uint64_t& count, bool needed) {
    const auto found = json.find(key);
    if (found == json.end()) {
      right = right && !needed;
    } else if (found->is_number_unsigned()) {
      count = found->get<std::uint64_t>();
    } else {
      right = false;
    }
  });
  for_each_example(out, [&](const char* key, std::string& text) {
    const auto found = json.find(key);
    if (found == json.end()) return;
    right = right && found->is_string();
    if (found->is_string()) text = found->get<std::string>();
  });
  return right;
}

}  // namespace tracetax
