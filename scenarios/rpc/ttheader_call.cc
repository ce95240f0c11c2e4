// SPDX-License-Identifier: Apache-2.0
#include "scenarios/rpc/ttheader_call.h"

#include "harness/core/request/context_format.h"

namespace tracetax {

std::optional<TtHeaderOptions> read_ttheader_options(JsonFields& fields) {
  constexpr std::size_t kTextMax = 4096;  // of a key or a value
  if (!fields.choice<bool>("framing", {{"framed", false}, {"ttheader", true}}).value_or(false)) {
    for (const char* key : {"service", "multiplex", "metadata"}) {
      fields.refuse(key,
                    R"(goes with "framing": "ttheader"; a framed message has no place for it)");
    }
    return {};
  }
  TtHeaderOptions options;
  options.multiplex = fields.boolean("multiplex").value_or(false);
  options.service = fields.text("service").value_or(options.service);
  options.metadata = fields.text_map("metadata").value_or(options.metadata);
  std::size_t size = 0;
  for (const auto& [key, value] : options.metadata) {
    if (key.starts_with(kTransitPrefix) && carries_context(key.substr(kTransitPrefix.size())))
      fields.mistake("metadata", fmt::format("{} is written by tracetax itself, for each call",
                                             key.substr(kTransitPrefix.size())));
    if (key.size() > kTextMax || value.size() > kTextMax) {
      fields.mistake("metadata", fmt::format("a key or value is over {} bytes", kTextMax));
    }
    size += key.size() + value.size() + 4;
  }
  if (size > kTtHeaderMax - 2 * kTextMax - 1024) {
    fields.mistake("metadata", fmt::format("is over what a header holds ({} bytes)", kTtHeaderMax));
  }
  if (options.service.size() > kTextMax)
    fields.mistake("service", fmt::format("is over {} bytes", kTextMax));
  return options;
}

TtFrame begin_ttheader_call(const TtHeaderOptions& options, std::uint8_t protocol,
                            const ContextFormats& context, RpcTemplate& request) {
  constexpr std::size_t kSequenceAt = 8;
  TtHeader header;
  header.protocol = protocol;
  if (options.multiplex) header.flags = kTtOutOfOrder;
  std::vector<std::pair<std::string, std::string>> ours;  // the texts only point into them
  for (const ContextField field : fields_of(context)) {
    ours.emplace_back(std::string(kTransitPrefix).append(name_of(field)),
                      format_context(field, {}));
  }
  for (const auto& [key, value] : ours) header.texts.emplace_back(key, value);
  for (const auto& [key, value] : options.metadata) header.texts.emplace_back(key, value);
  header.integers = {{kTtToService, options.service}, {kTtToMethod, request.method}};
  const TtFrame frame = begin_ttheader(header, request.bytes);
  request.sequence_at.push_back(kSequenceAt);
  // Ours are the first of the texts, right behind their keys.
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string& key = ours[i].first;
    request.context.push_back(
        {fields_of(context)[i], request.bytes.find(key) + key.size() + sizeof(std::uint16_t)});
  }
  return frame;
}

ScenarioFacts ttheader_facts(const ScenarioSpec& spec) {
  constexpr std::size_t kAround = kTransitPrefix.size() + 2 * sizeof(std::uint16_t);
  return {.context_bytes = says(spec, "framing", "ttheader") ? context_bytes(spec, kAround) : 0};
}

}  // namespace tracetax
