// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_store.h"

#include <utility>

#include "harness/run/sink/span_key.h"

namespace tracetax {
namespace {

// What a payload costs beside its body, and a decoded span in spans_ (which doubles) and seen_ (a
// node and its share of the buckets).
constexpr std::uint64_t kPayloadBytes = sizeof(OtlpPayload) + 32;
constexpr std::uint64_t kSpanBytes = 2 * sizeof(SpanSeen) + 48;

}  // namespace

std::uint64_t SinkStore::Segment::used_bytes() const {
  return raw_bytes + spans.size() * kSpanBytes;
}

Receipt SinkStore::Segment::with_losses(Receipt receipt) const {
  receipt.malformed_payloads = malformed_payloads;
  receipt.refused_payloads = refused_payloads;
  return receipt;
}

bool SinkStore::has_room(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  return fits(bytes);
}

void SinkStore::refused() {
  const std::lock_guard lock(mutex_);
  ++kept_.refused_payloads;
}

PayloadVerdict SinkStore::receive(OtlpPayload payload) {
  // Reading may have grown the string to twice its size.
  if (payload.body.capacity() > payload.body.size() + payload.body.size() / 4)
    payload.body.shrink_to_fit();
  const std::uint64_t bytes = payload.body.size() + kPayloadBytes;
  const std::lock_guard lock(mutex_);
  if (!fits(bytes)) {
    ++kept_.refused_payloads;
    return {PayloadAnswer::no_room, "the sink's memory is full"};
  }
  kept_.raw_bytes += bytes;
  kept_.received_bytes += payload.body.size();
  kept_.raw.push_back(std::move(payload));
  return {};
}

void SinkStore::begin_segment() {
  const std::lock_guard lock(mutex_);
  kept_ = Segment{};
}

std::size_t SinkStore::undecoded() const {
  const std::lock_guard lock(mutex_);
  return kept_.raw.size();
}

std::uint64_t SinkStore::distinct_spans() const {
  const std::lock_guard lock(mutex_);
  return kept_.seen.size();
}

void SinkStore::decode_one() {
  const std::lock_guard lock(mutex_);
  if (kept_.raw.empty()) return;
  const OtlpPayload payload = std::move(kept_.raw.front());
  kept_.raw.pop_front();
  kept_.raw_bytes -= payload.body.size() + kPayloadBytes;
  std::vector<SpanSeen>& spans = kept_.spans;
  const std::size_t before = spans.size();
  const auto decoded = decode_payload(payload, spans, &kept_.services);
  if (!decoded) {
    ++kept_.malformed_payloads;
    return;
  }
  if (!fits(0)) {
    // Packed payloads can grow by more than what their raw bytes left free.
    spans.resize(before);
    ++kept_.refused_payloads;
    return;
  }
  kept_.payload_spans.push_back(*decoded);
  for (std::size_t i = before; i < spans.size(); ++i) {
    kept_.seen.insert(span_key(spans[i].trace_id, spans[i].span_id));
  }
}

Receipt SinkStore::receipt(const ExpectedSpans& expected) const {
  const std::lock_guard lock(mutex_);
  return kept_.with_losses(make_receipt(expected, kept_.spans, kept_.payload_spans,
                                        kept_.received_bytes, kept_.services));
}

Receipt SinkStore::receipt() const {
  const std::lock_guard lock(mutex_);
  return kept_.with_losses(count_receipt(kept_.spans, kept_.payload_spans, kept_.received_bytes));
}

}  // namespace tracetax
