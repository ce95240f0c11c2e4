// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_store.h"

#include <algorithm>
#include <new>
#include <utility>

#include "harness/run/sink/span_key.h"

namespace tracetax {
namespace {

// What a payload costs beside its body, and a decoded span in spans (one block, reserved at first)
// and in seen (a node and its share of the buckets).
constexpr std::uint64_t kPayloadBytes = sizeof(OtlpPayload) + 32;
constexpr std::uint64_t kSpanBytes = sizeof(SpanSeen) + 48;
/// The part of the memory that may fill with raw payloads before the first is decoded: at 512 MiB
/// some 130,000 spans, which is 6 s of 20,000 a second.
constexpr std::uint64_t kRawShare = 8;

[[nodiscard]] std::uint64_t cost_of(const OtlpPayload& payload) {
  return payload.body.size() + kPayloadBytes;
}

}  // namespace

bool SinkStore::has_room(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  return fits(bytes);
}

void SinkStore::no_room() {
  const std::lock_guard lock(mutex_);
  ++arrived_.refused_payloads;
}

void SinkStore::refused(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  arrived_.refusals.add(reason);
}

void SinkStore::other_signal() {
  const std::lock_guard lock(mutex_);
  ++arrived_.other_signals;
}

PayloadVerdict SinkStore::receive(OtlpPayload payload) {
  // Reading may have grown the string to twice its size.
  if (payload.body.capacity() > payload.body.size() + payload.body.size() / 4)
    payload.body.shrink_to_fit();
  const std::uint64_t bytes = cost_of(payload);
  const std::lock_guard lock(mutex_);
  if (!fits(bytes)) {
    ++arrived_.refused_payloads;
    return {PayloadAnswer::no_room, "the sink's memory is full"};
  }
  arrived_.raw_bytes += bytes;
  arrived_.received_bytes += payload.body.size();
  arrived_.raw.push_back(std::move(payload));
  return {};
}

void SinkStore::begin_segment(bool keeps_facts) {
  decoded_ = Decoded{};
  if (keeps_facts) decoded_.facts.emplace();
  Arrived before;  // freed after the lock
  const std::lock_guard lock(mutex_);
  std::swap(before, arrived_);
}

std::size_t SinkStore::undecoded() const {
  const std::lock_guard lock(mutex_);
  return arrived_.raw.size();
}

bool SinkStore::should_decode() const {
  const std::lock_guard lock(mutex_);
  return arrived_.raw_bytes > memory_bytes_ / kRawShare;
}

void SinkStore::decode_one() {
  OtlpPayload payload;
  {
    const std::lock_guard lock(mutex_);
    if (arrived_.raw.empty()) return;
    payload = std::move(arrived_.raw.front());
    arrived_.raw.pop_front();
  }
  std::vector<SpanSeen>& spans = decoded_.spans;
  // Memory that is not written to is none, and a block that grows would be there twice.
  if (spans.capacity() == 0) {
    try {
      spans.reserve(memory_bytes_ / kSpanBytes);
    } catch (const std::bad_alloc&) {  // a system that promises no more than it has
    }
  }
  const std::size_t before = spans.size();
  TreeFacts* facts = decoded_.facts ? &*decoded_.facts : nullptr;
  const std::uint64_t facts_before = facts == nullptr ? 0 : facts->bytes();
  auto decoded = decode_payload(payload, spans, {&decoded_.services, &decoded_.raw_path, facts});
  if (decoded) {
    const auto rejected = std::min<std::uint64_t>(*decoded, payload.rejected_spans);
    spans.resize(spans.size() - rejected);
    if (facts != nullptr) facts->cut_to(spans.size());
    decoded_.rejected_spans += rejected;
    *decoded -= static_cast<std::uint32_t>(rejected);
  }
  const std::uint64_t added =
      (spans.size() - before) * kSpanBytes + (facts == nullptr ? 0 : facts->bytes() - facts_before);
  {
    const std::lock_guard lock(mutex_);
    arrived_.raw_bytes -= cost_of(payload);
    // Packed payloads can grow by more than what their raw bytes left free.
    if (decoded && !fits(added)) {
      ++arrived_.refused_payloads;
      if (facts != nullptr) facts->cut_to(before);
      return spans.resize(before);
    }
    arrived_.decoded_bytes += added;
  }
  if (!decoded) {
    ++decoded_.malformed_payloads;
    return;
  }
  decoded_.payload_spans.push_back(*decoded);
  for (std::size_t i = before; i < spans.size(); ++i) {
    decoded_.seen.insert(span_key(spans[i].trace_id, spans[i].span_id));
  }
}

Receipt SinkStore::with_losses(Receipt receipt) const {
  const std::lock_guard lock(mutex_);
  receipt.bytes = arrived_.received_bytes;
  receipt.malformed_payloads = decoded_.malformed_payloads;
  receipt.refused_payloads = arrived_.refused_payloads;
  receipt.rejected_spans = decoded_.rejected_spans;
  receipt.refusals = arrived_.refusals.by_reason();
  receipt.other_signals = arrived_.other_signals;
  if (receipt.quality && receipt.quality->raw_path_names > 0)
    receipt.quality->raw_path_example = decoded_.raw_path;
  return receipt;
}

Receipt SinkStore::receipt(const ExpectedSpans& expected) const {
  static const TreeFacts kNone;
  return with_losses(make_receipt(expected, decoded_.spans, decoded_.payload_spans, 0,
                                  decoded_.services, decoded_.facts ? *decoded_.facts : kNone));
}

Receipt SinkStore::receipt() const {
  return with_losses(count_receipt(decoded_.spans, decoded_.payload_spans, 0));
}

}  // namespace tracetax
