// Any lines as a caller's headers: what is taken out of them goes on in every format that holds all
// of it, without a line break, and is found there again as it was.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "targets/stages/trace/propagation.h"
#include "targets/tracing/context/trace_state.h"

namespace {

using namespace tracetax;

void require(bool holds) {
  if (!holds) std::abort();
}

/// "name: value" per line.
class Lines final : public HeaderSource {
 public:
  explicit Lines(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      const auto colon = line.find(": ");
      if (colon != std::string_view::npos)
        all_.push_back({line.substr(0, colon), line.substr(colon + 2)});
    }
  }
  explicit Lines(const HeaderList& headers) {
    for (const AnswerHeader& header : headers) all_.push_back({header.name, header.value});
  }
  std::string_view first(std::string_view name) const override {
    const auto found = std::ranges::find(all_, name, &Line::name);
    return found == all_.end() ? std::string_view{} : found->value;
  }
  void each(const std::function<void(std::string_view, std::string_view)>& see) const override {
    for (const Line& line : all_) see(line.name, line.value);
  }

 private:
  struct Line {
    std::string_view name, value;
  };
  std::vector<Line> all_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr Propagators kWhole{
      Propagator::b3,          Propagator::b3_multi,      Propagator::jaeger, Propagator::xray,
      Propagator::grpc_binary, Propagator::trace_context, Propagator::baggage};
  Propagators all{Propagator::ot, Propagator::kratos_metadata};
  for (const Propagator one : kWhole.all()) all.add(one);

  const Caller caller =
      extract_context(all, Lines(std::string_view(reinterpret_cast<const char*>(data), size)));
  const TraceContext context = caller.context.value_or(TraceContext{});
  HeaderList out;
  inject_context(all, context, caller.carried.get(), out);
  for (const AnswerHeader& header : out) {
    require(header.name == "grpc-trace-bin" ||
            header.value.find_first_of("\r\n") == std::string::npos);
  }
  const Caller again = extract_context(kWhole, Lines(out));
  require(again.context.has_value() == caller.context.has_value());
  const Carried before = caller.carried ? *caller.carried : Carried{};
  const Carried after = again.carried ? *again.carried : Carried{};
  if (caller.context) {
    require(again.context->trace_id == context.trace_id);
    require(again.context->span_id == context.span_id);
    require(again.context->flags == (context.flags & 3));
    require(after.trace_state == before.trace_state);
    require(parse_trace_state(before.trace_state) == before.trace_state);
    require(after.b3_debug == before.b3_debug);
    require(after.b3_deferred == before.b3_deferred || before.b3_debug);
  }
  require(after.baggage == before.baggage);
  require(before.baggage.size() <= kBaggageMembers);
  require(format_baggage(before.baggage).size() <= kBaggageBytes);
  return 0;
}
