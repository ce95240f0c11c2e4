// SPDX-License-Identifier: Apache-2.0
#include "reports/fidelity/fidelity_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/json/json_fields.h"

namespace tracetax {
namespace {

using FidelityJson = JsonSource::Json;

constexpr double kLargestKeptRatio = 1e6;
constexpr double kLargestKeptRate = 1e9;
constexpr int kMostKept = 100'000;

/// Four significant digits: more are noise, and would make every new file differ everywhere.
double rounded(double value) { return std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr); }

/// A list of members, each read by `read`.
template <typename Read>
void read_members(JsonFields& fields, std::string_view key, const Read& read) {
  const FidelityJson* members = fields.object(key);
  if (members == nullptr) return;
  for (const auto& [name, value] : members->items()) {
    JsonFields member(value, fields.pointer_to(key) + "/" + name, fields.mistakes());
    read(name, member);
    member.finish();
  }
}

double read_number(JsonFields& fields, std::string_view key) {
  fields.require(key, "2.4");
  return fields.number(key, -kLargestKeptRatio, kLargestKeptRatio).value_or(0);
}

KeptFramework read_framework(JsonFields& fields) {
  KeptFramework framework;
  fields.require("date", "\"2026-12-01\"");
  framework.date = fields.text("date").value_or("");
  framework.tool = fields.text("tool").value_or("");
  framework.machine = fields.text("machine").value_or("");
  framework.versions = fields.text_map("versions").value_or(framework.versions);
  framework.real_rate = fields.number("real_rate", 0, kLargestKeptRate).value_or(0);
  framework.emulated_rate = fields.number("emulated_rate", 0, kLargestKeptRate).value_or(0);
  read_members(fields, "ratios", [&](const std::string& quantity, JsonFields& ratio) {
    framework.ratios[quantity] = {
        .ratio = read_number(ratio, "ratio"),
        .low = read_number(ratio, "low"),
        .high = read_number(ratio, "high"),
        .blocks = static_cast<int>(ratio.integer("blocks", 0, kMostKept).value_or(0))};
  });
  return framework;
}

std::string machine_class(const MachineFacts& machine) {
  return fmt::format("{}, {} CPUs, {}", machine.cpu_model, machine.cpus_allowed,
                     machine.virtualization);
}

double rate_of_cell(const RunResult& result, int cell) {
  const auto index = static_cast<std::size_t>(cell);
  return index < result.cell_rates.size() ? result.cell_rates[index] : 0;
}

}  // namespace

Result<FidelityRecord> read_fidelity_json(std::string_view text, const std::string& file) {
  const auto source = JsonSource::parse(text, file);
  if (!source) return failure(source.error());
  Mistakes mistakes(*source);
  JsonFields fields(source->root(), "", mistakes);
  FidelityRecord record;
  (void)fields.text("about");
  read_members(fields, "frameworks", [&](const std::string& name, JsonFields& framework) {
    record.frameworks[name] = read_framework(framework);
  });
  record.tau_date = fields.text("tau_date").value_or("");
  read_members(fields, "taus", [&](const std::string& quantity, JsonFields& tau) {
    record.taus[quantity] = {
        .tau = read_number(tau, "tau"),
        .low = read_number(tau, "low"),
        .high = read_number(tau, "high"),
        .frameworks = static_cast<int>(tau.integer("frameworks", 0, kMostKept).value_or(0))};
  });
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  return record;
}

std::string write_fidelity_json(const FidelityRecord& record) {
  FidelityJson json = FidelityJson::object();
  json["about"] =
      "Real frameworks beside their emulations: ratio = real / emulated, with its 95 % interval "
      "over blocks of one run. Made by tracetax report RESULT.json --format fidelity-json.";
  FidelityJson& frameworks = json["frameworks"] = FidelityJson::object();
  for (const auto& [name, kept] : record.frameworks) {
    FidelityJson& framework = frameworks[name];
    framework["date"] = kept.date;
    framework["tool"] = kept.tool;
    framework["machine"] = kept.machine;
    framework["versions"] = kept.versions;
    framework["real_rate"] = rounded(kept.real_rate);
    framework["emulated_rate"] = rounded(kept.emulated_rate);
    FidelityJson& ratios = framework["ratios"] = FidelityJson::object();
    for (const auto& [quantity, ratio] : kept.ratios) {
      ratios[quantity] = {{"ratio", rounded(ratio.ratio)},
                          {"low", rounded(ratio.low)},
                          {"high", rounded(ratio.high)},
                          {"blocks", ratio.blocks}};
    }
  }
  json["tau_date"] = record.tau_date;
  FidelityJson& taus = json["taus"] = FidelityJson::object();
  for (const auto& [quantity, tau] : record.taus) {
    taus[quantity] = {{"tau", rounded(tau.tau)},
                      {"low", rounded(tau.low)},
                      {"high", rounded(tau.high)},
                      {"frameworks", tau.frameworks}};
  }
  return json.dump(2, ' ', false, FidelityJson::error_handler_t::replace) + "\n";
}

FidelityRecord with_run(FidelityRecord kept, const RunResult& result, const Fidelity& fidelity) {
  const std::string date = result.started_at.substr(0, result.started_at.find('T'));
  for (const FidelityPair& pair : fidelity.pairs) {
    KeptFramework framework{
        .date = date,
        .tool = fmt::format("{} ({})", result.tool.version, result.tool.git_revision),
        .machine = machine_class(result.machine),
        .versions = {},
        .real_rate = rate_of_cell(result, pair.real),
        .emulated_rate = rate_of_cell(result, pair.emulated),
        .ratios = {}};
    const Cell& real = result.plan.cells.at(static_cast<std::size_t>(pair.real));
    const std::string& target = result.suite.targets.at(static_cast<std::size_t>(real.target)).name;
    const auto subject = std::ranges::find(result.subjects, target, &SubjectFacts::name);
    if (subject != result.subjects.end()) framework.versions = subject->versions;
    for (const FidelityRatio& ratio : pair.ratios) {
      if (!ratio.ratio || !ratio.interval) continue;
      framework.ratios[id_of(result.suite, ratio.quantity)] = {.ratio = *ratio.ratio,
                                                               .low = ratio.interval->low,
                                                               .high = ratio.interval->high,
                                                               .blocks = ratio.blocks};
    }
    if (!framework.ratios.empty()) kept.frameworks[pair.framework] = std::move(framework);
  }
  std::map<std::string, KeptTau> taus;
  for (std::size_t i = 0; i < fidelity.taus.size(); ++i) {
    const auto& tau = fidelity.taus[i];
    if (!tau) continue;
    taus[id_of(result.suite, fidelity.quantities[i])] = {
        .tau = tau->tau, .low = tau->low, .high = tau->high, .frameworks = tau->subjects};
  }
  if (!taus.empty()) {
    kept.taus = std::move(taus);
    kept.tau_date = date;
  }
  return kept;
}

}  // namespace tracetax
