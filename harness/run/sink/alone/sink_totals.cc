// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/alone/sink_totals.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text/units.h"
#include "harness/run/sink/span_key.h"

namespace tracetax {
namespace {

[[nodiscard]] double per_payload(std::uint64_t spans, std::uint64_t payloads) {
  return payloads == 0 ? 0 : static_cast<double>(spans) / static_cast<double>(payloads);
}

}  // namespace

SinkCounts SinkTotals::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::uint64_t SinkTotals::without_parent_here() const {
  const std::lock_guard lock(mutex_);
  return without_parent_;
}

void SinkTotals::no_room() {
  const std::lock_guard lock(mutex_);
  ++counts_.refused;
}

void SinkTotals::refused(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  counts_.refusals.add(reason);
}

void SinkTotals::other_signal() {
  const std::lock_guard lock(mutex_);
  ++counts_.other_signals;
}

PayloadVerdict SinkTotals::receive(OtlpPayload payload) {
  const std::lock_guard lock(mutex_);
  decoded_.clear();
  const auto decoded = decode_payload(payload, decoded_);
  if (!decoded) {
    ++counts_.malformed;
    return {PayloadAnswer::malformed, decoded.error().message};
  }
  const auto rejected = std::min<std::uint64_t>(decoded_.size(), payload.rejected_spans);
  decoded_.resize(decoded_.size() - rejected);
  counts_.rejected_spans += rejected;
  ++counts_.payloads;
  counts_.bytes += payload.body.size();
  for (const SpanSeen& span : decoded_) count(span);
  return {};
}

void SinkTotals::count(const SpanSeen& span) {
  const std::uint64_t key = span_key(span.trace_id, span.span_id);
  if (spans_.contains(key)) {
    ++counts_.duplicates;
    return;
  }
  ++counts_.spans;
  if (const auto children = awaited_.find(key); children != awaited_.end()) {
    without_parent_ -= children->second;
    awaited_.erase(children);
  }
  const std::uint64_t trace = trace_key(span.trace_id);
  if (traces_.size() < ids_kept_) {
    traces_.insert(trace);
    counts_.traces = traces_.size();
  } else {
    traces_full_ = traces_full_ || !traces_.contains(trace);
  }
  if (spans_.size() >= ids_kept_) {
    // Its parent may have come and been forgotten, so nothing can be said about it.
    spans_full_ = true;
    return;
  }
  spans_.insert(key);
  if (!span.parent_span_id.valid()) return;
  const std::uint64_t parent = span_key(span.trace_id, span.parent_span_id);
  if (spans_.contains(parent)) return;
  ++awaited_[parent];
  ++without_parent_;
}

std::string SinkTotals::totals_text() const {
  const auto line = [](std::string_view name, auto value, std::string_view note = "") {
    return fmt::format("  {:<20}{:>14}{}\n", name, value, note);
  };
  constexpr std::string_view kAtLeast = " or more";
  const std::lock_guard lock(mutex_);
  std::string text = "total\n";
  text += line("spans", counts_.spans, spans_full_ ? " (later duplicates among them)" : "");
  text += line("traces", counts_.traces, traces_full_ ? kAtLeast : "");
  text += line("payloads", counts_.payloads);
  text += line("bytes", counts_.bytes);
  text += line(
      "spans per payload",
      fmt::format("{:.1f}", per_payload(counts_.spans + counts_.duplicates, counts_.payloads)));
  text += line("duplicates", counts_.duplicates, spans_full_ ? kAtLeast : "");
  text += line("without parent here", without_parent_,
               spans_full_ ? fmt::format(" (of the first {} spans)", ids_kept_) : "");
  text += line("malformed payloads", counts_.malformed);
  text += line("refused payloads", counts_.refused + counts_.refusals.total());
  if (counts_.refused > 0) text += fmt::format("    {} x no room\n", counts_.refused);
  for (const auto& [reason, count] : counts_.refusals.by_reason())
    text += fmt::format("    {} x {}\n", count, reason);
  if (const std::string remedies = refusal_remedies(counts_.refusals.by_reason());
      !remedies.empty())
    text += fmt::format("    see: {}\n", remedies);
  if (counts_.rejected_spans > 0) text += line("rejected spans", counts_.rejected_spans);
  text += line("other signals", counts_.other_signals);
  return text;
}

std::string second_line(std::uint64_t second, const SinkCounts& before, const SinkCounts& after) {
  const std::uint64_t spans = after.spans + after.duplicates - before.spans - before.duplicates;
  const std::uint64_t payloads = after.payloads - before.payloads;
  std::string line = fmt::format(
      "{:>5} s {:>9} spans/s {:>9} traces {:>6} payloads {:>10} {:>8.1f} spans/payload", second,
      spans, after.traces - before.traces, payloads,
      format_bytes(static_cast<double>(after.bytes - before.bytes)), per_payload(spans, payloads));
  if (after.malformed > before.malformed)
    line += fmt::format("  {} malformed", after.malformed - before.malformed);
  if (after.other_signals > before.other_signals)
    line += fmt::format("  {} other signals", after.other_signals - before.other_signals);
  if (after.refused > before.refused)
    line += fmt::format("  {} refused: no room", after.refused - before.refused);
  const auto& old = before.refusals.by_reason();
  for (const auto& [reason, count] : after.refusals.by_reason()) {
    const auto known = old.find(reason);
    const std::uint64_t news = count - (known == old.end() ? 0 : known->second);
    if (news > 0) line += fmt::format("  {} refused: {}", news, reason);
  }
  return line + "\n";
}

}  // namespace tracetax
