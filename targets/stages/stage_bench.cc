// What logs, metrics, guards and header copies cost per request, in front of a handler that does
// nothing. Lines go to /dev/null: the system call is in the number, a terminal or a pipe's reader
// is not.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <fcntl.h>

#include "targets/request/exchange_fixture.h"
#include "targets/request/stage.h"
#include "targets/stages/flow/header_copies.h"
#include "targets/stages/govern/guards.h"
#include "targets/stages/logs/json_log.h"
#include "targets/stages/logs/key_value_log.h"
#include "targets/stages/logs/rpc_log.h"
#include "targets/stages/logs/stat_report.h"
#include "targets/stages/logs/text_log.h"
#include "targets/stages/metrics/call_counters.h"
#include "targets/stages/metrics/call_metric.h"
#include "targets/stages/metrics/label_metric.h"
#include "targets/stages/metrics/metric.h"
#include "targets/stages/metrics/task_metric.h"

namespace tracetax {
namespace {

int null_fd() {
  static const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  return fd;
}

struct Traced {
  Traced() {
    f.headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    f.exchange.body = R"({"name":"Ann","email":"ann@example.com"})";
    f.exchange.route = &route;
    f.exchange.request = Echo{"hello"};
    f.exchange.trace = *parse_traceparent(f.exchange.header("traceparent"));
    f.exchange.span_records = true;
  }
  Route route{"GET", "/users/{id}", Action::get_user};
  ExchangeFixture f;
};

#define STAGE_BENCH(name, ...)                                                     \
  void name(benchmark::State& state) {                                             \
    static const auto chain = chain_of(make_stage(__VA_ARGS__), [](Exchange&) {}); \
    Traced traced;                                                                 \
    for (auto _ : state) {                                                         \
      chain.handle(traced.f.exchange);                                             \
      traced.f.exchange.answer_headers.clear();                                    \
    }                                                                              \
  }                                                                                \
  BENCHMARK(name)->Threads(1)->Threads(2)

STAGE_BENCH(text_log, TextLogSpec{.fd = null_fd()});
STAGE_BENCH(json_log, JsonLogSpec{.fd = null_fd()});
STAGE_BENCH(rpc_log, RpcLogSpec{.fd = null_fd()});
STAGE_BENCH(key_value_log, KeyValueLogSpec{.fd = null_fd()});
STAGE_BENCH(metric_noop, MetricSpec{});
STAGE_BENCH(metric_histogram, MetricSpec{}, make_histogram_instrument);
STAGE_BENCH(call_metric, CallMetricSpec{});
STAGE_BENCH(label_metric, LabelMetricSpec{});
STAGE_BENCH(label_metric_two, LabelMetricSpec{.labels = {MetricLabel::method, MetricLabel::code}});
STAGE_BENCH(task_metric, TaskMetricSpec{.fd = null_fd()});
STAGE_BENCH(stat_report, StatReportSpec{});
STAGE_BENCH(call_counters, CallCountersSpec{});
STAGE_BENCH(header_copies_one, HeaderCopiesSpec{.copies = 1});
STAGE_BENCH(header_copies_micro, HeaderCopiesSpec{.copies = 3, .echoes = true});
STAGE_BENCH(guards_go_zero, GuardsSpec{.guards = {Guard::max_bytes, Guard::gunzip}});
STAGE_BENCH(guards_dubbo,
            GuardsSpec{.guards = {Guard::echo, Guard::token, Guard::accesslog, Guard::tps,
                                  Guard::generic, Guard::execute, Guard::shutdown}});

}  // namespace
}  // namespace tracetax
