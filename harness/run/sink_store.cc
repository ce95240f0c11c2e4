// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink_store.h"

#include <utility>

#include "harness/run/span_key.h"

namespace tracetax {
namespace {

// What a payload costs beside its body, and a decoded span in spans_ (which doubles) and seen_ (a node
// and its share of the buckets).
constexpr std::uint64_t kPayloadBytes = sizeof(OtlpPayload) + 32;
constexpr std::uint64_t kSpanBytes = 2 * sizeof(SpanSeen) + 48;

}  // namespace

std::uint64_t SinkStore::used_bytes() const { return raw_bytes_ + spans_.size() * kSpanBytes; }

bool SinkStore::has_room(std::size_t bytes) const { return used_bytes() + bytes <= memory_bytes_; }

PayloadVerdict SinkStore::receive(OtlpPayload payload) {
  const std::uint64_t bytes = payload.body.size() + kPayloadBytes;
  if (!has_room(bytes)) {
    refused();
    return {PayloadAnswer::no_room, "the sink's memory is full"};
  }
  // Reading may have grown the string to twice its size.
  if (payload.body.capacity() > payload.body.size() + payload.body.size() / 4) payload.body.shrink_to_fit();
  raw_bytes_ += bytes;
  received_bytes_ += payload.body.size();
  raw_.push_back(std::move(payload));
  return {};
}

void SinkStore::begin_segment() { *this = SinkStore(memory_bytes_); }

void SinkStore::decode_one() {
  if (raw_.empty()) return;
  const OtlpPayload payload = std::move(raw_.front());
  raw_.pop_front();
  raw_bytes_ -= payload.body.size() + kPayloadBytes;
  const std::size_t before = spans_.size();
  const auto decoded = decode_payload(payload, spans_);
  if (!decoded) {
    ++malformed_payloads_;
    return;
  }
  if (!has_room(0)) {
    // Packed payloads can grow by more than what their raw bytes left free.
    spans_.resize(before);
    refused();
    return;
  }
  payload_spans_.push_back(*decoded);
  for (std::size_t i = before; i < spans_.size(); ++i) {
    seen_.insert(span_key(spans_[i].trace_id, spans_[i].span_id));
  }
}

Receipt SinkStore::with_losses(Receipt receipt) const {
  receipt.malformed_payloads = malformed_payloads_;
  receipt.refused_payloads = refused_payloads_;
  return receipt;
}

Receipt SinkStore::receipt(const ExpectedSpans& expected) const {
  return with_losses(make_receipt(expected, spans_, payload_spans_, received_bytes_));
}

Receipt SinkStore::receipt() const {
  return with_losses(count_receipt(spans_, payload_spans_, received_bytes_));
}

}  // namespace tracetax
