// The processor against a fake exporter that can hold a batch back; nothing here sleeps.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/batch_processor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <thread>

namespace tracetax {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

std::uint64_t failed_in(const ProcessorReading& reading) {
  std::uint64_t failed = 0;
  for (const auto& [error, spans] : reading.failed) failed += spans;
  return failed;
}

/// What the fake exporter shares with its test.
struct Fake {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::size_t> batches;
  bool held = false;  // exports wait while this is set
  bool fails = false;
  bool shutdown_begun = false;
  SteadyTime shutdown_deadline = SteadyTime::max();

  void wait_for_batches(std::size_t count) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, seconds(20), [&] { return batches.size() >= count; }));
  }
  void release() {
    const std::lock_guard lock(mutex);
    held = false;
    changed.notify_all();
  }
};

class FakeExporter final : public SpanExporter {
 public:
  explicit FakeExporter(Fake& fake) : fake_(fake) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime deadline) override {
    std::unique_lock lock(fake_.mutex);
    fake_.batches.push_back(batch.size());
    fake_.changed.notify_all();
    while (fake_.held) {
      const auto until = std::min(deadline, fake_.shutdown_deadline);
      if (SteadyClock::now() >= until) return {0, batch.size(), "timeout"};
      fake_.changed.wait_until(lock, until);
    }
    if (fake_.fails) return {0, batch.size(), "503"};
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime deadline) noexcept override {
    const std::lock_guard lock(fake_.mutex);
    fake_.shutdown_begun = true;
    fake_.shutdown_deadline = deadline;
    fake_.changed.notify_all();
  }

 private:
  Fake& fake_;
};

struct Rig {
  explicit Rig(BatchOptions options, std::size_t exporters = 1)
      : processor(options, pool_of(fake, exporters)) {}
  static ExporterPool pool_of(Fake& fake, std::size_t size) {
    ExporterPool pool;
    while (pool.size() < size) pool.push_back(std::make_unique<FakeExporter>(fake));
    return pool;
  }
  Fake fake;
  BatchProcessor processor;
  [[nodiscard]] std::uint64_t exported() const { return processor.read().exported; }
  [[nodiscard]] std::uint64_t failed() const { return failed_in(processor.read()); }
  [[nodiscard]] std::uint64_t dropped() const {
    return processor.read().queue_full + processor.read().after_shutdown;
  }
  void end_spans(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) processor.on_end(std::make_unique<SpanData>());
  }
};

SteadyTime soon() { return SteadyClock::now() + seconds(20); }

constexpr BatchOptions kNoDelay{.queue_size = 100, .batch_size = 10, .delay = hours(1)};

TEST(BatchProcessor, ExportsWhenABatchIsFull) {
  Rig rig(kNoDelay);
  rig.end_spans(9);
  rig.end_spans(1);
  rig.fake.wait_for_batches(1);
  EXPECT_EQ(rig.fake.batches, std::vector<std::size_t>{10});
}

TEST(BatchProcessor, ExportsAPartBatchWhenTheDelayIsOver) {
  Rig rig({.queue_size = 100, .batch_size = 10, .delay = milliseconds(5)});
  rig.end_spans(3);
  rig.fake.wait_for_batches(1);
  EXPECT_TRUE(rig.processor.force_flush(soon()));
  EXPECT_EQ(rig.exported(), 3U);
}

TEST(BatchProcessor, DropsAndCountsWhenTheQueueIsFull) {
  Rig rig({.queue_size = 20, .batch_size = 10, .delay = hours(1)});
  rig.fake.held = true;
  rig.end_spans(10);
  rig.fake.wait_for_batches(1);  // these ten are with the exporter
  rig.end_spans(25);
  EXPECT_EQ(rig.dropped(), 5U);
  rig.fake.release();
  rig.processor.shutdown(soon());
  EXPECT_EQ(rig.exported(), 30U);
  EXPECT_EQ(rig.fake.batches, (std::vector<std::size_t>{10, 10, 10}));
}

TEST(BatchProcessor, ShutdownFlushesWhatIsQueued) {
  Rig rig(kNoDelay);
  rig.end_spans(7);
  rig.processor.shutdown(soon());
  EXPECT_EQ(rig.exported(), 7U);
  EXPECT_TRUE(rig.fake.shutdown_begun);
}

TEST(BatchProcessor, SpansAfterShutdownAreDropped) {
  Rig rig(kNoDelay);
  rig.processor.shutdown(soon());
  rig.end_spans(2);
  EXPECT_EQ(rig.dropped(), 2U);
}

TEST(BatchProcessor, ShutdownGivesUpAtItsDeadlineAndCountsTheRestAsFailed) {
  Rig rig(kNoDelay);
  rig.fake.held = true;
  rig.end_spans(35);
  rig.fake.wait_for_batches(1);
  rig.processor.shutdown(SteadyClock::now() + milliseconds(20));
  EXPECT_EQ(rig.failed(), 35U);
  EXPECT_EQ(rig.exported(), 0U);
}

TEST(BatchProcessor, ForceFlushExportsAtOnce) {
  Rig rig(kNoDelay);
  rig.end_spans(4);
  EXPECT_TRUE(rig.processor.force_flush(soon()));
  EXPECT_EQ(rig.exported(), 4U);
  EXPECT_TRUE(rig.processor.force_flush(soon()));
}

TEST(BatchProcessor, ForceFlushTellsWhenTheDeadlineCameFirst) {
  Rig rig(kNoDelay);
  rig.fake.held = true;
  rig.end_spans(4);
  EXPECT_FALSE(rig.processor.force_flush(SteadyClock::now() + milliseconds(5)));
  rig.fake.release();
}

TEST(BatchProcessor, FailedExportsAreCounted) {
  Rig rig(kNoDelay);
  rig.fake.fails = true;
  rig.end_spans(12);
  rig.processor.shutdown(soon());
  EXPECT_EQ(rig.failed(), 12U);
}

// The second batch begins while the first is held, and no third.
TEST(BatchProcessor, APoolExportsAsManyBatchesAtATimeAsItHasExporters) {
  Rig rig({.queue_size = 100, .batch_size = 10, .delay = hours(1)}, 2);
  rig.fake.held = true;
  rig.end_spans(35);
  rig.fake.wait_for_batches(2);
  const ProcessorReading reading = rig.processor.read();
  EXPECT_EQ(reading.in_flight, 20U);
  EXPECT_EQ(reading.queue_size, 15U);
  EXPECT_FALSE(rig.processor.force_flush(SteadyClock::now() + milliseconds(5)));
  rig.fake.release();
  EXPECT_TRUE(rig.processor.force_flush(soon()));
  EXPECT_EQ(rig.exported(), 35U);
  std::ranges::sort(rig.fake.batches, std::greater{});  // either exporter may be the faster one
  EXPECT_EQ(rig.fake.batches, (std::vector<std::size_t>{10, 10, 10, 5}));
}

TEST(BatchProcessor, FailuresAreToldByReason) {
  Rig rig(kNoDelay);
  rig.fake.fails = true;
  rig.end_spans(3);
  EXPECT_TRUE(rig.processor.force_flush(soon()));
  rig.processor.shutdown(SteadyClock::now());
  rig.end_spans(1);
  const ProcessorReading reading = rig.processor.read();
  EXPECT_EQ(reading.failed, (std::map<std::string, std::uint64_t>{{"503", 3}}));
  EXPECT_EQ(reading.after_shutdown, 1U);
  EXPECT_EQ(reading.exports, 1U);
}

class CountsClose : public testing::TestWithParam<std::size_t> {};
TEST_P(CountsClose, UnderManyThreads) {
  Rig rig({.queue_size = 64, .batch_size = 16, .delay = milliseconds(1)}, GetParam());
  constexpr std::size_t kEach = 5000;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { rig.end_spans(kEach); });
  }
  rig.processor.shutdown(soon());
  EXPECT_EQ(rig.dropped() + rig.exported() + rig.failed(), 4 * kEach);
}
INSTANTIATE_TEST_SUITE_P(BatchProcessor, CountsClose, testing::Values(1, 4));

}  // namespace
}  // namespace tracetax
