// For tests: one store's leg by itself. leg_probe KIND TRACED_AS PORT CONNECTIONS [SETUP...] sets
// up and says {"ready":true} or {"error":...}. Then it runs a step for each line of JSON on stdin,
// under a root span, and answers with how the step ended, the values and the spans. With "threads"
// and "times" the step is run so often, and the answer is how often each end came.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "targets/legs/leg.h"

using namespace tracetax;
using nlohmann::json;

namespace {

class KeepingExporter final : public SpanExporter {
 public:
  explicit KeepingExporter(std::vector<SpanPointer>& kept) : kept_(kept) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    kept_.insert(kept_.end(), batch.begin(), batch.end());
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<SpanPointer>& kept_;
};

json attributes_of(const Attributes& attributes) {
  json all = json::object();
  for (const Attribute& attribute : attributes) {
    std::visit([&](const auto& value) { all[std::string(attribute.key)] = value; },
               attribute.value);
  }
  return all;
}

json spans_of(std::vector<SpanPointer> spans) {
  std::map<SpanId, std::string> names;
  for (const SpanPointer& span : spans) names[span->context.span_id] = span->name;
  std::ranges::stable_sort(spans, {}, [](const SpanPointer& span) { return span->start_ns; });
  json all = json::array();
  for (const SpanPointer& span : spans) {
    if (!span->parent_span_id.valid()) continue;  // the root
    json one{{"name", span->name},
             {"kind", static_cast<int>(span->kind)},
             {"parent", names[span->parent_span_id]},
             {"status", static_cast<int>(span->status)},
             {"message", span->status_message},
             {"attributes", attributes_of(span->attributes)},
             {"events", json::array()}};
    for (const SpanEvent& event : span->events) {
      one["events"].push_back(attributes_of(event.attributes));
    }
    all.push_back(one);
  }
  return all;
}

struct AskedStep {
  SqlStep sql;
  StoreStep store;
  bool is_sql = false;

  explicit AskedStep(const json& asked) : is_sql(asked.contains("statements")) {
    sql.statements = asked.value("statements", std::vector<std::string>{});
    sql.arguments = asked.value("arguments", std::vector<std::string>{});
    sql.rows = asked.value("rows", 1);
    sql.as = store.as = asked.value("as", "");
    if (asked.value("none", false)) sql.none.emplace();
    store.command = asked.value("command", std::vector<std::string>{});
    store.script = asked.value("script", "");
    store.keys = asked.value("keys", 0);
  }
  LegResult run(Store& leg, const LegCall& call) const {
    return is_sql ? leg.run(sql, call) : leg.run(store, call);
  }
};

constexpr const char* kEnds[] = {"done", "none", "failed"};

json run_once(Store& leg, const json& asked) {
  std::vector<SpanPointer> kept;
  auto tracer = Tracer::make(TracingConfig{}, std::make_unique<KeepingExporter>(kept)).value();
  Values values;
  const json given = asked.value("values", json::object());
  for (const auto& [name, value] : given.items()) values.set(name, value);
  LegResult result;
  {
    const Span root = tracer->start_span("root", SpanKind::server, std::nullopt, {});
    const bool traces = asked.value("traces", true);
    result = AskedStep(asked).run(leg, {*tracer, traces ? &root : nullptr, values});
  }
  tracer->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  json answer{{"end", kEnds[static_cast<int>(result.end)]}, {"error", result.error}};
  for (const auto& [name, value] : values.all()) answer["values"][name] = value;
  answer["spans"] = spans_of(kept);
  return answer;
}

json run_often(Store& leg, const json& asked) {
  std::atomic<int> ends[3] = {0, 0, 0};
  const AskedStep step(asked);
  const int times = asked.value("times", 1);
  std::vector<SpanPointer> kept;
  auto tracer = Tracer::make(TracingConfig{}, std::make_unique<KeepingExporter>(kept)).value();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < asked.value("threads", 1); ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < times; ++k) {
          Values values;
          ++ends[static_cast<int>(step.run(leg, {*tracer, nullptr, values}).end)];
        }
      });
    }
  }
  return {{"done", ends[0].load()}, {"none", ends[1].load()}, {"failed", ends[2].load()}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, StoreKind> kinds{{"postgresql", StoreKind::postgresql},
                                               {"mariadb", StoreKind::mariadb},
                                               {"redis", StoreKind::redis},
                                               {"mongodb", StoreKind::mongodb},
                                               {"etcd", StoreKind::etcd}};
  if (argc < 5) return 2;
  StoreLeg leg;
  leg.name = "db";
  leg.kind = kinds.at(argv[1]);
  leg.traced_as = argv[2];
  leg.connections = std::stoi(argv[4]);
  leg.setup.assign(argv + 5, argv + argc);
  auto store = make_store(leg, {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(argv[3]))});
  const Status ready = store ? (*store)->set_up(leg.setup) : failure(store.error());
  if (!ready) {
    std::cout << json{{"error", ready.error().message}} << std::endl;
    return static_cast<int>(ready.error().code);
  }
  std::cout << json{{"ready", true}, {"says", (*store)->describe()}} << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const json asked = json::parse(line);
    std::cout << (asked.contains("times") ? run_often(**store, asked) : run_once(**store, asked))
              << std::endl;
  }
}
