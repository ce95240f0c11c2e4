// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/counting_processor.h"

#include <algorithm>
#include <utility>

#include "targets/tracing/ids.h"
#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

std::int64_t http_status_of(const SpanData& span) {
  for (const Attribute& attribute : span.attributes) {
    // The second is what the conventions called it before they were stable.
    if (attribute.key != "http.response.status_code" && attribute.key != "http.status_code")
      continue;
    if (const auto* status = std::get_if<std::int64_t>(&attribute.value)) return *status;
  }
  return 0;
}

}  // namespace

CountingProcessor::CountingProcessor(std::chrono::milliseconds window,
                                     std::unique_ptr<SpanProcessor> behind)
    : length_(window), behind_(std::move(behind)), window_{.begin_ns = unix_now_ns()} {
  thread_ = std::thread([this] { run(); });
}

CountingProcessor::~CountingProcessor() { shutdown(std::chrono::steady_clock::now()); }

void CountingProcessor::on_end(SpanPointer span) {
  if (span->kind != SpanKind::server) return;
  const std::int64_t status = http_status_of(*span);
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  auto named = window_.counts.find(span->name);
  if (named == window_.counts.end()) named = window_.counts.try_emplace(span->name).first;
  ++named->second[status];
}

void CountingProcessor::end_window() {
  Window ended{.begin_ns = unix_now_ns()};
  {
    const std::lock_guard lock(mutex_);
    std::swap(ended, window_);
  }
  const std::int64_t now_ns = unix_now_ns();
  for (const auto& [name, counts] : ended.counts) {
    for (const auto& [status, requests] : counts) {
      auto span = std::make_shared<SpanData>();
      span->context.trace_id = random_trace_id();
      span->context.span_id = random_span_id();
      span->context.flags = kSampledFlag;
      span->name = name;
      span->start_ns = ended.begin_ns;
      span->end_ns = std::max(now_ns, ended.begin_ns);
      span->attributes = Attributes{{"tracetax.requests", requests}};
      if (status != 0) span->attributes.push_back({"http.response.status_code", status});
      behind_->on_end(std::move(span));
    }
  }
}

void CountingProcessor::run() {
  std::unique_lock lock(mutex_);
  auto due = std::chrono::steady_clock::now() + length_;
  while (!wake_.wait_until(lock, due, [&] { return stopping_; })) {
    lock.unlock();
    end_window();
    lock.lock();
    due += length_;
  }
}

bool CountingProcessor::force_flush(SteadyTime deadline) {
  end_window();
  return behind_->force_flush(deadline);
}

void CountingProcessor::shutdown(SteadyTime deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  end_window();
  behind_->shutdown(deadline);
}

}  // namespace tracetax
