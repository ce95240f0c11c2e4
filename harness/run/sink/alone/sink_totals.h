// What a sink that stands alone tells: spans and traces as they come, each payload decoded on
// arrival and then forgotten. Knows no plan; for receipts see sink_store.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

struct SinkCounts {
  std::uint64_t spans = 0;  // distinct ones, as far as ids are kept
  std::uint64_t traces = 0;
  std::uint64_t payloads = 0;
  std::uint64_t bytes = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t malformed = 0;
  std::uint64_t rejected_spans = 0;  // on purpose
  std::uint64_t refused = 0;         // no room
  std::uint64_t other_signals = 0;
  RefusalCounts refusals = {};  // for other reasons
};

/// Any thread.
class SinkTotals : public PayloadReceiver {
 public:
  /// `memory_bytes` bounds requests on their way in; `ids_kept` the spans and the traces that can
  /// be told apart (some 100 bytes each). Beyond it counts become bounds, and totals_text() says
  /// so.
  SinkTotals(std::uint64_t memory_bytes, std::size_t ids_kept)
      : memory_bytes_(memory_bytes), ids_kept_(ids_kept) {}

  [[nodiscard]] bool has_room(std::size_t bytes) const override { return bytes <= memory_bytes_; }
  [[nodiscard]] PayloadVerdict receive(OtlpPayload payload) override;
  void no_room() override;
  void refused(std::string_view reason) override;
  void other_signal() override;

  [[nodiscard]] SinkCounts counts() const;
  /// Spans that name a parent which has not been received (yet). A root whose caller does not
  /// trace, as tracetax's own driver, is among them.
  [[nodiscard]] std::uint64_t without_parent_here() const;
  /// Several lines, the last one ended.
  [[nodiscard]] std::string totals_text() const;

 private:
  void count(const SpanSeen& span);

  const std::uint64_t memory_bytes_;
  const std::size_t ids_kept_;
  mutable std::mutex mutex_;  // for what follows
  SinkCounts counts_;
  std::unordered_set<std::uint64_t> traces_, spans_;
  std::unordered_map<std::uint64_t, std::uint32_t>
      awaited_;  // parent -> children that came without it
  std::uint64_t without_parent_ = 0;
  bool traces_full_ = false, spans_full_ = false;
  std::vector<SpanSeen> decoded_;  // of one payload; kept for its memory
};

/// "  12 s     1024 spans/s ...": what came in the second that ended.
[[nodiscard]] std::string second_line(std::uint64_t second, const SinkCounts& before,
                                      const SinkCounts& after);

}  // namespace tracetax
