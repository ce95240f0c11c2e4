// The rows of table T7: what each combination of exporter settings came to, and what changing one
// setting does while all others stay the same. No words and no layout here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/pairs/level.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// How spans are sent, and where to.
struct ExporterSettings {
  std::string receiver;  // its name in the suite
  Nanos round_trip{0};   // that a relay before the receiver adds
  std::string protocol;  // "grpc" "http/protobuf" "http/json"
  int connections = 1;
  int spans = 512;          // in each request
  std::string compression;  // "none" "gzip" "zstd"
  std::string values;       // of attributes: "dictionary", "random", or the share of random ones
  friend auto operator<=>(const ExporterSettings&, const ExporterSettings&) = default;
};

/// Of one segment; they are read from closed loops alone.
namespace exporter_metrics {
extern const MetricDefinition spans_per_second;  // accepted
extern const MetricDefinition export_p50;        // of the response to an export
extern const MetricDefinition export_p99;
extern const MetricDefinition sender_cpu;      // per span sent
extern const MetricDefinition receiver_cpu;    // per span accepted
extern const MetricDefinition bytes_per_span;  // on the sockets
}  // namespace exporter_metrics

/// What kept a cell from being faster.
enum class ExporterLimit { sender, receiver, both, waiting };
[[nodiscard]] std::string_view name_of(ExporterLimit limit);

struct ExporterRow {
  int cell = 0;
  ExporterSettings settings;
  Level spans_per_second, p50, p99, sender_cpu, receiver_cpu, bytes_per_span;
  /// Of all exports of the run together, where no segment has enough of them for its own.
  std::optional<double> p99_merged_ns;
  std::optional<double> compression_ratio;  // bytes made for each that was sent, without framing
  std::optional<double> making_share;       // of the sender's CPU: to write and compress the bodies
  std::uint64_t spans_sent = 0;             // in valid and void segments
  std::uint64_t spans_lost = 0;        // of these: not accepted, or not counted by the receiver
  bool receiver_counts = false;        // it says what it took, and so it is known to have it
  std::optional<ExporterLimit> limit;  // of most segments
  int valid = 0, measured = 0;         // segments
};

/// Whether the run is one of exporters against receivers: closed loops of the kind otlp.
[[nodiscard]] bool measures_exporters(const RunResult& result);

/// One for each cell, by receiver, round trip, protocol, connections, spans, compression.
[[nodiscard]] std::vector<ExporterRow> exporter_rows(const RunResult& result);

/// How many times as large a metric is with one value of a setting as with another.
struct ExporterRatio {
  std::optional<double> ratio;
  std::optional<Interval> interval;  // 95 %, over blocks that have both; none with fewer than six
  int blocks = 0;
};
/// One answer: the same settings but for one.
struct ExporterChange {
  std::string_view question;  // "gRPC / HTTP"
  const ExporterRow* with = nullptr;
  const ExporterRow* without = nullptr;
  ExporterRatio spans_per_second, p50, sender_cpu, receiver_cpu, bytes_per_span;
};
/// gRPC against HTTP, ten connections against one, gzip and zstd against none, 512 spans against
/// 100 and against 1: each wherever two rows differ in nothing else. Points into `rows`.
[[nodiscard]] std::vector<ExporterChange> exporter_changes(const std::vector<ExporterRow>& rows);

}  // namespace tracetax
