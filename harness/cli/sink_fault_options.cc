// The values are put into the words of a suite and read as those are, so that both know the same
// rules.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/sink_fault_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/core/sink/sink_reader.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

constexpr std::string_view kRetryAfter = "retry-after=";

std::string with(std::string text, char from, char to) {
  std::ranges::replace(text, from, to);
  return text;
}

/// "503,retry-after=1s".
void put_status(OptionReader& reader, Json& faults) {
  const std::string& text = reader.text("status");
  const std::size_t comma = text.find(',');
  const auto status = parse_whole(text.substr(0, comma), 400, 599);
  if (!status) {
    reader.mistake("--status", status.error().message + "; then, if you like, ,retry-after=1s");
    return;
  }
  faults["status"] = *status;
  if (comma == text.npos) return;
  const std::string more = text.substr(comma + 1);
  if (more.starts_with(kRetryAfter)) {
    faults["retry_after"] = more.substr(kRetryAfter.size());
  } else {
    reader.mistake("--status", fmt::format("{} is not retry-after=TIME, such as 503,retry-after=1s",
                                           quote(more)));
  }
}

}  // namespace

OptionGroup sink_fault_options() {
  return {"Faults, of every request for traces",
          {{"delay", "answer so much later", one_value("TIME")},
           {"status", "answer this, from 400 to 599, and maybe when to come again",
            one_value("N[,retry-after=TIME]")},
           {"reject", "tell this share of the spans as rejected", one_value("SHARE")},
           {"reset", "reset the connection (gRPC: the call)"},
           {"black-hole", "never answer"},
           {"restart-after", "close the ports then, and open them again", one_value("TIME")},
           {"closed-for", "how long they stay closed (1s)", one_value("TIME")},
           {"fails-for", "end all but the restart then", one_value("TIME")}}};
}

SinkFaults read_sink_faults(OptionReader& reader) {
  Json faults = Json::object();
  for (const OptionSpec& option : sink_fault_options().options) {
    const std::string key = with(option.names, '-', '_');
    if (!reader.given(option.names)) continue;
    if (option.names == "status") {
      put_status(reader, faults);
    } else if (option.value.count == OptionValue::Count::none) {
      faults[key] = true;
    } else {
      faults[key] = reader.text(option.names);
    }
  }
  auto read = faults_from_json(faults);
  if (read) return *read;
  // "fails_for: does not fit without ..."
  std::string_view lines = read.error().message;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const std::size_t colon = std::min(line.find(": "), line.size());
    reader.mistake("--" + with(std::string(line.substr(0, colon)), '_', '-'),
                   line.substr(std::min(colon + 2, line.size())));
  }
  return {};
}

}  // namespace tracetax
