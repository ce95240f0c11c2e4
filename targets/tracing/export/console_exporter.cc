// The exporter of the console: a line of OTLP/JSON for each span.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "targets/tracing/export/exporters.h"
#include "targets/tracing/export/otlp_encode.h"

namespace tracetax {
namespace {

bool write_all(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(to, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

class ConsoleExporter final : public SpanExporter {
 public:
  ConsoleExporter(const TracingConfig& config, std::string scope_name, std::string scope_version,
                  int to)
      : encoder_(config.resource, std::move(scope_name), std::move(scope_version)), to_(to) {}

  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      line_ = encoder_.encode_json(batch.subspan(i, 1));
      line_ += '\n';
      if (!write_all(to_, line_)) return {i, batch.size() - i, "console"};
    }
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}
  std::string_view type() const noexcept override { return "console_span_exporter"; }

 private:
  OtlpEncoder encoder_;
  const int to_;
  std::string line_;
};

}  // namespace

std::unique_ptr<SpanExporter> make_console_exporter(const TracingConfig& config,
                                                    std::string scope_name,
                                                    std::string scope_version, int to) {
  return std::make_unique<ConsoleExporter>(config, std::move(scope_name), std::move(scope_version),
                                           to);
}

}  // namespace tracetax
