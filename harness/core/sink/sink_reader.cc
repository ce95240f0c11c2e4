// SPDX-License-Identifier: Apache-2.0
#include "harness/core/sink/sink_reader.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tracetax {
namespace {

using Json = JsonSource::Json;

constexpr std::array<std::string_view, 9> kFaults{"delay",         "status",     "retry_after",
                                                  "reject",        "reset",      "black_hole",
                                                  "restart_after", "closed_for", "fails_for"};
constexpr int kLowestStatus = 400, kHighestStatus = 599;

void check_answers(JsonFields& fields, const SinkFaults& faults) {
  const std::array<std::pair<bool, std::string_view>, 3> answers{
      {{faults.status != 0, "status"}, {faults.reset, "reset"}, {faults.black_hole, "black_hole"}}};
  std::string_view first;
  for (const auto& [asked, key] : answers) {
    if (!asked) continue;
    if (!first.empty())
      fields.mistake(key, fmt::format("does not fit {}: a request gets one answer", first));
    first = first.empty() ? key : first;
  }
}

SinkFaults read_faults(JsonFields& fields) {
  SinkFaults faults;
  const auto needs = [&](std::string_view key, bool there, std::string_view other) {
    if (fields.has(key) && !there)
      fields.mistake(key, fmt::format("does not fit without {}", other));
  };
  faults.delay = fields.parsed("delay", parse_duration).value_or(faults.delay);
  faults.status =
      static_cast<int>(fields.integer("status", kLowestStatus, kHighestStatus).value_or(0));
  faults.retry_after = fields.parsed("retry_after", parse_duration);
  if (faults.retry_after && *faults.retry_after % std::chrono::seconds{1} != Nanos{0})
    fields.mistake("retry_after", "does not fit HTTP, which tells whole seconds, such as 2s");
  faults.reject = fields.parsed("reject", parse_sample_rate).value_or(faults.reject);
  faults.reset = fields.boolean("reset").value_or(false);
  faults.black_hole = fields.boolean("black_hole").value_or(false);
  faults.restart_after = fields.parsed("restart_after", parse_duration);
  faults.closed_for = fields.parsed("closed_for", parse_duration).value_or(faults.closed_for);
  faults.fails_for = fields.parsed("fails_for", parse_duration);
  needs("retry_after", fields.has("status"), "status");
  needs("closed_for", fields.has("restart_after"), "restart_after");
  const std::array<std::string_view, 5> ending{"delay", "status", "reject", "reset", "black_hole"};
  const bool ends = std::ranges::any_of(ending, [&](auto key) { return fields.has(key); });
  needs("fails_for", ends, "a fault that it could end: delay, status, reject, reset or black_hole");
  check_answers(fields, faults);
  return faults;
}

SinkTls read_tls(JsonFields& fields, const SinkTls& base) {
  const Json* value = fields.object("tls");
  if (value == nullptr) return base;
  JsonFields tls(*value, fields.pointer_to("tls"), fields.mistakes());
  tls.require("cert", R"("cert": "sink.pem", a file)")
      .require("key", R"("key": "sink.key", a file)");
  SinkTls read{tls.text("cert").value_or(""), tls.text("key").value_or(""),
               tls.text("client_ca").value_or("")};
  if ((tls.has("cert") && read.cert_file.empty()) || (tls.has("key") && read.key_file.empty()))
    tls.mistake("names no file");
  tls.finish();
  return read;
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

std::map<std::string, std::string> read_headers(JsonFields& fields,
                                                const std::map<std::string, std::string>& base) {
  const auto told = fields.text_map("require_headers");
  if (!told) return base;
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : *told) {
    if (!is_header_name(name) || value.find_first_of(std::string_view{"\r\n\0", 3}) != value.npos)
      fields.mistake("require_headers", fmt::format("'{}' is no header", name));
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    headers[lower] = value;
  }
  return headers;
}

void write_faults(const SinkFaults& faults, Json& form) {
  if (faults.delay > Nanos{0}) form["delay"] = format_duration_exact(faults.delay);
  if (faults.status != 0) form["status"] = faults.status;
  if (faults.retry_after) form["retry_after"] = format_duration_exact(*faults.retry_after);
  if (faults.reject.share() > 0) form["reject"] = format_sample_rate(faults.reject);
  if (faults.reset) form["reset"] = true;
  if (faults.black_hole) form["black_hole"] = true;
  if (faults.restart_after) {
    form["restart_after"] = format_duration_exact(*faults.restart_after);
    form["closed_for"] = format_duration_exact(faults.closed_for);
  }
  if (faults.fails_for) form["fails_for"] = format_duration_exact(*faults.fails_for);
}

}  // namespace

SinkSpec read_sink_spec(JsonFields& fields, const SinkSpec& base) {
  SinkSpec spec = base;
  spec.tls = read_tls(fields, base.tls);
  spec.required_headers = read_headers(fields, base.required_headers);
  const bool own = std::ranges::any_of(kFaults, [&](auto key) { return fields.has(key); });
  const SinkFaults faults = read_faults(fields);
  if (own) spec.faults = faults;
  return spec;
}

void write_sink_spec(const SinkSpec& spec, Json& form) {
  if (!spec.tls.cert_file.empty()) {
    form["tls"] = {{"cert", spec.tls.cert_file}, {"key", spec.tls.key_file}};
    if (!spec.tls.client_ca_file.empty()) form["tls"]["client_ca"] = spec.tls.client_ca_file;
  }
  for (const auto& [name, value] : spec.required_headers) form["require_headers"][name] = value;
  write_faults(spec.faults, form);
}

Result<SinkFaults> faults_from_json(const Json& json) {
  Mistakes mistakes{std::string{}};
  JsonFields fields(json, "", mistakes);
  const SinkFaults faults = read_faults(fields);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  return faults;
}

Json faults_to_json(const SinkFaults& faults) {
  Json form = Json::object();
  write_faults(faults, form);
  return form;
}

}  // namespace tracetax
