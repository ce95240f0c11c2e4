// Counts SERVER spans in place of exporting them, as edges with very many requests do: of all that
// ended within a window, one INTERNAL span for each name and HTTP status goes on to the processor
// behind, as the root of a trace of its own. Its attribute `tracetax.requests` says how many it
// stands for. All other spans end here. No SDK has it; it costs each span a lock and two look-ups.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "targets/tracing/span_processor.h"

namespace tracetax {

class CountingProcessor final : public SpanProcessor {
 public:
  CountingProcessor(std::chrono::milliseconds window, std::unique_ptr<SpanProcessor> behind);
  ~CountingProcessor() override;
  CountingProcessor(const CountingProcessor&) = delete;
  CountingProcessor& operator=(const CountingProcessor&) = delete;

  void on_end(SpanPointer span) override;
  /// Ends the window first.
  [[nodiscard]] bool force_flush(SteadyTime deadline) override;
  void begin_shutdown(SteadyTime deadline) noexcept override { behind_->begin_shutdown(deadline); }
  /// The same. Spans that end later are not counted.
  void shutdown(SteadyTime deadline) override;
  /// Of the spans that it made: what the processor behind says.
  [[nodiscard]] ProcessorReading read() const override { return behind_->read(); }

 private:
  using CountsByStatus = std::map<std::int64_t, std::int64_t>;  // 0: none
  struct Window {
    std::int64_t begin_ns = 0;  // since the Unix epoch
    std::map<std::string, CountsByStatus, std::less<>> counts{};
  };

  void run();
  /// Takes what was counted since the last call to the processor behind.
  void end_window();

  const std::chrono::milliseconds length_;
  const std::unique_ptr<SpanProcessor> behind_;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  Window window_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tracetax
