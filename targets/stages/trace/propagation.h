// A caller's context out of headers, and a span's context into those of a call, by the formats of
// targets/tracing/context/propagators.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "targets/request/exchange.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// Headers, or what stands for them in a protocol: names in any case where it has cases.
class HeaderSource {
 public:
  virtual ~HeaderSource() = default;
  /// The first value of a name, empty if there is none.
  [[nodiscard]] virtual std::string_view first(std::string_view name) const = 0;
  virtual void each(
      const std::function<void(std::string_view name, std::string_view value)>& see) const = 0;
};

/// Those of a request, if `prefix` stands before their names, which are seen without it.
class ExchangeHeaders final : public HeaderSource {
 public:
  explicit ExchangeHeaders(const Exchange& exchange, std::string_view prefix = {})
      : exchange_(exchange), prefix_(prefix) {}
  [[nodiscard]] std::string_view first(std::string_view name) const override;
  void each(const std::function<void(std::string_view, std::string_view)>& see) const override;

 private:
  const Exchange& exchange_;
  std::string_view prefix_;
};

/// As Go's composite propagator: each format is looked for, the last that finds a context wins.
[[nodiscard]] Caller extract_context(const Propagators& propagators, const HeaderSource& headers);

/// Appends the headers that take a span's context on, and with it what it carries (null: nothing).
void inject_context(const Propagators& propagators, const TraceContext& context,
                    const Carried* carried, HeaderList& out);

}  // namespace tracetax
