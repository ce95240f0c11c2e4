// The processor against a fake exporter that can hold a batch back; nothing here sleeps.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/batch_processor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace tracetax {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

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
      if (SteadyClock::now() >= until) return {0, batch.size()};
      fake_.changed.wait_until(lock, until);
    }
    if (fake_.fails) return {0, batch.size()};
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
  explicit Rig(BatchOptions options)
      : processor(options, std::make_unique<FakeExporter>(fake), counts) {}
  Fake fake;
  LiveSpanCounts counts;
  BatchProcessor processor;
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
  EXPECT_EQ(rig.counts.read().exported, 3U);
}

TEST(BatchProcessor, DropsAndCountsWhenTheQueueIsFull) {
  Rig rig({.queue_size = 20, .batch_size = 10, .delay = hours(1)});
  rig.fake.held = true;
  rig.end_spans(10);
  rig.fake.wait_for_batches(1);  // these ten are with the exporter
  rig.end_spans(25);
  EXPECT_EQ(rig.counts.read().dropped, 5U);
  rig.fake.release();
  rig.processor.shutdown(soon());
  EXPECT_EQ(rig.counts.read().exported, 30U);
  EXPECT_EQ(rig.fake.batches, (std::vector<std::size_t>{10, 10, 10}));
}

TEST(BatchProcessor, ShutdownFlushesWhatIsQueued) {
  Rig rig(kNoDelay);
  rig.end_spans(7);
  rig.processor.shutdown(soon());
  EXPECT_EQ(rig.counts.read().exported, 7U);
  EXPECT_TRUE(rig.fake.shutdown_begun);
}

TEST(BatchProcessor, SpansAfterShutdownAreDropped) {
  Rig rig(kNoDelay);
  rig.processor.shutdown(soon());
  rig.end_spans(2);
  EXPECT_EQ(rig.counts.read().dropped, 2U);
}

TEST(BatchProcessor, ShutdownGivesUpAtItsDeadlineAndCountsTheRestAsFailed) {
  Rig rig(kNoDelay);
  rig.fake.held = true;
  rig.end_spans(35);
  rig.fake.wait_for_batches(1);
  rig.processor.shutdown(SteadyClock::now() + milliseconds(20));
  EXPECT_EQ(rig.counts.read().failed, 35U);
  EXPECT_EQ(rig.counts.read().exported, 0U);
}

TEST(BatchProcessor, ForceFlushExportsAtOnce) {
  Rig rig(kNoDelay);
  rig.end_spans(4);
  EXPECT_TRUE(rig.processor.force_flush(soon()));
  EXPECT_EQ(rig.counts.read().exported, 4U);
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
  EXPECT_EQ(rig.counts.read().failed, 12U);
}

TEST(BatchProcessor, CountsCloseUnderManyThreads) {
  Rig rig({.queue_size = 64, .batch_size = 16, .delay = milliseconds(1)});
  constexpr std::size_t kEach = 5000;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { rig.end_spans(kEach); });
  }
  rig.processor.shutdown(soon());
  const SpanCounts counts = rig.counts.read();
  EXPECT_EQ(counts.dropped + counts.exported + counts.failed, 4 * kEach);
}

}  // namespace
}  // namespace tracetax
