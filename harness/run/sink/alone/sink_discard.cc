// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/alone/sink_discard.h"

#include <fmt/format.h>

#include <cstdio>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"
#include "harness/otlp/count.h"
#include "harness/run/sink/alone/sink_alone.h"

namespace tracetax {
namespace {

std::string totals_line(const DiscardingReceiver::Counts& counts) {
  return fmt::format("{} spans in {} payloads of {}; {} malformed, {} refused\n",
                     format_count(counts.spans), format_count(counts.payloads),
                     format_bytes(static_cast<double>(counts.bytes)), counts.malformed,
                     counts.refused);
}

/// Spans of a malformed payload are not known, so none of them "failed".
std::string counts_json(std::uint64_t spans) {
  return fmt::format(
      R"({{"tracetax_spans":{{"started":{0},"sampled":{0},"ended":{0},"dropped":0,"exported":{0},)"
      R"("failed":0}}}})"
      "\n",
      spans);
}

}  // namespace

PayloadVerdict DiscardingReceiver::receive(OtlpPayload payload) {
  const auto spans = count_spans(payload);
  if (!spans) {
    ++malformed_;
    return {PayloadAnswer::malformed, spans.error().message};
  }
  spans_ += *spans;
  ++payloads_;
  bytes_ += payload.body.size();
  return {};
}

DiscardingReceiver::Counts DiscardingReceiver::counts() const {
  return {spans_, payloads_, bytes_, malformed_, refused_};
}

Status run_sink_discard(const SinkDiscardOptions& options) {
  DiscardingReceiver receiver(options.memory_bytes);
  const auto served = serve_until_stopped(options.doors, receiver, [&](const SinkDoors& doors) {
    if (!options.counts) return;
    fmt::print("{{\"ready\":true,\"port\":{}}}\n", doors.http_port());
    std::fflush(stdout);
  });
  if (!served) return failure(served.error());
  // A reader that has gone away is no failure of the sink.
  const DiscardingReceiver::Counts counts = receiver.counts();
  fmt::print("{}", options.counts ? counts_json(counts.spans) : totals_line(counts));
  std::fflush(stdout);
  return {};
}

}  // namespace tracetax
