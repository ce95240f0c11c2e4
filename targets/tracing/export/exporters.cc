// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/exporters.h"

#include <unistd.h>

namespace tracetax {

std::vector<ExporterPool> make_exporters(const TracingConfig& config, const std::string& scope_name,
                                         const std::string& scope_version) {
  std::vector<ExporterPool> pools;
  for (const ProcessorOptions& processor : config.processors) {
    ExporterPool& pool = pools.emplace_back();
    if (processor.exporter == ExporterKind::console) {
      pool.push_back(make_console_exporter(config, scope_name, scope_version, STDERR_FILENO));
      continue;
    }
    while (pool.size() < config.exporters) {
      pool.push_back(make_otlp_exporter(config, scope_name, scope_version));
    }
  }
  return pools;
}

}  // namespace tracetax
