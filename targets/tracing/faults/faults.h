// Mistakes that services make with tracing, which an emulated service makes on purpose when the
// variable TRACETAX_FAULT names them. None costs anything in a service that makes none.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/catalog.h"
#include "harness/core/text/error.h"

namespace tracetax {

enum class TracingFault : std::uint8_t {
  no_shutdown,
  no_exporter,
  rate_zero,
  wrong_address,
  no_propagator,
  no_inject,
  background_context,
  sync_exporter,
  many_attributes,
  unended,
  full_queue,
  leak,
  code_over_env,
  ctx_shadow,
};

/// Each with what it does in one line, in the order of the enumerators.
[[nodiscard]] std::span<const CatalogEntry<TracingFault>> tracing_fault_catalog();
[[nodiscard]] std::string_view name_of(TracingFault fault);

class TracingFaults {
 public:
  void add(TracingFault fault) noexcept { bits_ |= bit(fault); }
  [[nodiscard]] bool has(TracingFault fault) const noexcept { return (bits_ & bit(fault)) != 0; }
  [[nodiscard]] bool any() const noexcept { return bits_ != 0; }
  friend bool operator==(const TracingFaults&, const TracingFaults&) = default;

 private:
  static std::uint32_t bit(TracingFault fault) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(fault);
  }
  std::uint32_t bits_ = 0;
};

/// Of names, or a usage error about the first that is none, with a did-you-mean.
[[nodiscard]] Result<TracingFaults> tracing_faults_of(const std::vector<std::string>& names);

}  // namespace tracetax
