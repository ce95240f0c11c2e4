// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_process.h"

#include <chrono>

#include "harness/run/process/last_words.h"

namespace tracetax {
namespace {

constexpr Nanos kStartWithin = std::chrono::seconds{10};

}  // namespace

SinkProcess::SinkProcess(Process process)
    : process_(std::move(process)), client_(process_.take_output(), process_.take_input()) {}

Result<std::unique_ptr<SinkProcess>> SinkProcess::start(const std::string& program,
                                                        const Wanted& wanted, const CpuList& cpus) {
  LaunchSpec spec;
  spec.argv = {program,
               "sink",
               "--control",
               "--http",
               std::to_string(wanted.http_port),
               "--grpc",
               wanted.grpc_port ? std::to_string(*wanted.grpc_port) : "none",
               "--memory",
               std::to_string(wanted.memory_bytes)};
  const SinkTls& tls = wanted.spec.tls;
  const auto add = [&spec](const char* option, const std::string& value) {
    spec.argv.insert(spec.argv.end(), {option, value});
  };
  if (!tls.cert_file.empty()) add("--tls", tls.cert_file + "," + tls.key_file);
  if (!tls.client_ca_file.empty()) add("--client-ca", tls.client_ca_file);
  for (const auto& [name, value] : wanted.spec.required_headers)
    add("--require-header", name + ": " + value);
  spec.environment = inherited_environment();
  spec.cpus = cpus;
  spec.stdio = Stdio::piped;
  spec.same_session = true;  // or its priorities would not count against the driver
  auto process = Process::launch(spec);
  if (!process) return failure(process.error().within("sink"));
  std::unique_ptr<SinkProcess> sink{new SinkProcess{std::move(*process)}};
  const auto ready = sink->client_.wait_ready(kStartWithin);
  if (!ready) return failure(ready.error().within("sink"));
  sink->ports_ = *ready;
  sink->ports_.tls = !tls.cert_file.empty();
  return sink;
}

void SinkProcess::fail(const Error& error) {
  if (failed_) return;
  const auto end = process_.wait(std::chrono::milliseconds{100});
  failed_ = end ? fmt::format("it {}; its last words: {}", end->text(),
                              last_words(process_.log().tail(4096)))
                : error.message;
}

void SinkProcess::begin_segment(bool keeps_facts) {
  if (failed_) return;
  if (const Status begun = client_.begin_segment(keeps_facts); !begun) fail(begun.error());
}

void SinkProcess::plant(const SinkFaults& faults) {
  if (failed_) return;
  if (const Status planted = client_.plant(faults); !planted) fail(planted.error());
}

std::optional<std::uint64_t> SinkProcess::spans_received() {
  if (failed_) return std::nullopt;
  const auto count = client_.spans_received();
  if (count) return *count;
  fail(count.error());
  return std::nullopt;
}

Receipt SinkProcess::receipt_from(const std::function<Result<Receipt>()>& ask) {
  if (!failed_) {
    auto receipt = ask();
    if (receipt) return std::move(*receipt);
    fail(receipt.error());
  }
  Receipt unknown;
  unknown.known = false;
  unknown.sink_failure = failed_;
  return unknown;
}

Receipt SinkProcess::close_segment(const ExpectedSpans& expected) {
  return receipt_from([&] { return client_.close_segment(expected); });
}

Receipt SinkProcess::count_segment() {
  return receipt_from([&] { return client_.count_segment(); });
}

}  // namespace tracetax
