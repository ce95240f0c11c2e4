// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/propagators.h"

#include <utility>
#include <vector>

#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

constexpr std::size_t kAskable = 7;  // of kNames; the others are frameworks' own

constexpr std::array<std::pair<Propagator, std::string_view>, 9> kNames{{
    {Propagator::trace_context, "tracecontext"},
    {Propagator::baggage, "baggage"},
    {Propagator::b3, "b3"},
    {Propagator::b3_multi, "b3multi"},
    {Propagator::jaeger, "jaeger"},
    {Propagator::xray, "xray"},
    {Propagator::ot, "ottrace"},
    {Propagator::kratos_metadata, "metadata"},
    {Propagator::grpc_binary, "grpc-trace-bin"},
}};

}  // namespace

Result<Propagators> parse_propagators(std::string_view list) {
  Propagators propagators;
  bool none = false;
  for (bool more = true; more;) {
    const auto comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) list.remove_prefix(comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    none = none || name == "none";
    const auto askable = std::span(kNames).first(kAskable);
    const auto found = std::ranges::find(askable, name, [](const auto& one) { return one.second; });
    if (found != askable.end()) {
      propagators.add(found->first);
    } else if (name != "none") {
      std::vector<std::string> known{"none"};
      for (const auto& one : askable) known.emplace_back(one.second);
      return failure(ExitCode::usage, unknown_name("propagator", name, known));
    }
  }
  return none ? Propagators{} : propagators;
}

Propagators effective_propagators(const std::optional<Propagators>& own,
                                  const std::optional<Propagators>& asked) {
  if (!own) return asked.value_or(kW3c);
  if (asked && asked->all().empty()) return *asked;
  Propagators all = *own;
  for (const Propagator one : asked.value_or(*own).all()) all.add(one);
  return all;
}

std::string describe(const Propagators& propagators) {
  std::string text;
  for (const Propagator one : propagators.all()) {
    const auto found = std::ranges::find(kNames, one, [](const auto& name) { return name.first; });
    text.append(text.empty() ? "" : ",").append(found->second);
  }
  return text.empty() ? "none" : text;
}

}  // namespace tracetax
