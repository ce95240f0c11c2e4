// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/readiness.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/core/request/context_format.h"
#include "harness/core/text/url_parts.h"
#include "harness/load/engine.h"
#include "harness/run/process/last_words.h"
#include "harness/run/process/ports.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
constexpr std::size_t kWordsRead = 4096;
constexpr Nanos kProbeLimit = 1s;  // of one try: a target may accept long before it answers

PreparedScenario request_for(const ReadinessProbe& probe) {
  RequestTemplate request;
  request.bytes = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", probe.path,
                              authority_text(probe.endpoint.host, probe.endpoint.port));
  // In every format, for who is asked here may know any of them.
  for (const ContextField field : all_context_fields()) {
    if (!probe.has_context) break;
    request.bytes += fmt::format("{}: ", name_of(field));
    request.context.push_back({field, request.bytes.size()});
    request.bytes += format_context(field, {}) + "\r\n";
  }
  request.bytes += "\r\n";
  PreparedScenario scenario;
  scenario.requests.push_back(std::move(request));
  return scenario;
}

Status try_once(const ReadinessProbe& probe, const PreparedScenario& request, Nanos limit) {
  if (!probe.path.empty()) {
    const auto answer = check_once(probe.endpoint, request, limit);
    return answer ? Status{} : Status{failure(answer.error())};
  }
  if (accepts_connections(probe.endpoint, limit)) return {};
  return failure(ExitCode::invalid, "nobody accepts connections");
}

std::string words_of(const Process* process) {
  if (process == nullptr) return {};
  return fmt::format("; its last words: {}", last_words(process->log().tail(kWordsRead)));
}

}  // namespace

Result<ReadinessProbe> readiness_probe(const std::string& url) {
  const auto endpoint = endpoint_of_url(url);
  if (!endpoint) return failure(endpoint.error().within("ready"));
  return ReadinessProbe{url, *endpoint, url.starts_with("tcp:") ? "" : path_of_url(url)};
}

Status wait_until_ready(const ReadinessProbe& probe, Process* process, Nanos within,
                        const std::function<bool()>& abandon) {
  const PreparedScenario request = request_for(probe);
  const auto deadline = Clock::now() + within;
  Nanos pause = 5ms;
  for (;;) {
    const Nanos left{deadline - Clock::now()};
    const Status ready = try_once(probe, request, std::clamp<Nanos>(left, 1ms, kProbeLimit));
    // First of all, for somebody else may answer on the port of a program that could not have it.
    if (process != nullptr) {
      if (const auto end = process->wait(ready ? Nanos{0} : pause)) {
        const std::string_view hint =
            end->code == 127 ? " (127: a shell did not find its program)" : "";
        return failure(ExitCode::invalid, fmt::format("{}{} before it was ready{}", end->text(),
                                                      hint, words_of(process)));
      }
    } else if (!ready) {
      std::this_thread::sleep_for(pause);
    }
    if (ready) return {};
    if (abandon && abandon()) return failure(ExitCode::interrupted, "interrupted");
    if (Clock::now() >= deadline) {
      return failure(ExitCode::invalid,
                     fmt::format("was not ready within {}: {}: {}{}", format_duration(within),
                                 probe.url, ready.error().message, words_of(process)));
    }
    pause = std::min<Nanos>(pause + pause / 2, 50ms);
  }
}

}  // namespace tracetax
