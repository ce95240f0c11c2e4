// SPDX-License-Identifier: Apache-2.0
#include "reports/record/calibration_json.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <system_error>

#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "reports/record/json_values.h"
#include "reports/record/read_list.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostCells = 10'000;
constexpr std::size_t kFewestPairs = 6;
constexpr std::size_t kMostPairs = 10'000;
constexpr double kLargestValue = 1e18;

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json summary_of(const MetricCalibration& metric) {
  const CalibrationSummary summary = summarize(metric);
  Json json = Json::object();
  json["pairs"] = summary.pairs;
  json["median"] = summary.typical;
  json["spread_pct"] = summary.spread_pct;
  json["lag1_autocorrelation"] = value_or_null(summary.autocorrelation);
  json["trend_rho"] = summary.trend ? Json(summary.trend->rho) : Json(nullptr);
  json["trend_p"] = summary.trend ? Json(summary.trend->p) : Json(nullptr);
  Json detectable = Json::object();
  for (const Effort effort : kEfforts) {
    detectable[std::string(name_of(effort))] = value_or_null(detectable_pct(metric, effort));
  }
  json["mde80_pct"] = std::move(detectable);
  return json;
}

Json metric_to_json(const MetricCalibration& metric) {
  Json json = Json::object();
  json["metric"] = name_of(metric.metric);
  json["unit"] = unit_of(metric.metric);
  json["summary"] = summary_of(metric);
  json["off"] = metric.off;
  json["off2"] = metric.off2;
  return json;
}

std::string cell_text(const CellCalibration& cell) {
  std::string out =
      fmt::format("      {{\"target\": {}, \"scenario\": {}, \"rate\": {}, \"metrics\": [",
                  compact(cell.target), compact(cell.scenario), compact(number_or_null(cell.rate)));
  for (std::size_t i = 0; i < cell.metrics.size(); ++i) {
    out +=
        fmt::format("{}\n        {}", i == 0 ? "" : ",", compact(metric_to_json(cell.metrics[i])));
  }
  out += "],\n       \"lacking\": [";
  for (std::size_t i = 0; i < cell.lacking.size(); ++i) {
    const Json json{{"metric", name_of(cell.lacking[i].metric)},
                    {"reason", cell.lacking[i].reason}};
    out += (i == 0 ? "" : ", ") + compact(json);
  }
  return out + "]}";
}

std::string calibration_text(const Calibration& calibration) {
  Json head = Json::object();
  head["suite"] = calibration.suite;
  head["measured_at"] = calibration.measured_at;
  head["fingerprint"] = calibration.machine;
  head["cpu_model"] = calibration.cpu_model;
  head["measure"] = format_duration_exact(calibration.measure);
  if (calibration.slice) head["slice"] = format_duration_exact(*calibration.slice);
  head["rate"] = calibration.rate;
  head["blocks"] = calibration.blocks;
  head["block_s"] = calibration.block_s;
  std::string out = "    " + compact(head);
  out.pop_back();  // the object goes on
  out += ", \"cells\": [\n";
  for (std::size_t i = 0; i < calibration.cells.size(); ++i) {
    out += (i == 0 ? "" : ",\n") + cell_text(calibration.cells[i]);
  }
  return out + "]}";
}

std::vector<double> read_values(JsonFields& fields, std::string_view key) {
  std::vector<double> values;
  fields.require(key, "a list of numbers");
  const Json* list = fields.array(key);
  if (list == nullptr) return values;
  if (list->size() < kFewestPairs || list->size() > kMostPairs) {
    fields.mistake(key, fmt::format("has {} numbers; right is {} to {}", list->size(), kFewestPairs,
                                    kMostPairs));
    return values;
  }
  for (const Json& value : *list) {
    const double number = value.is_number() ? value.get<double>() : 0;
    if (!(number > 0) || number > kLargestValue) {
      fields.mistake(key,
                     fmt::format("holds {}; right are positive numbers", describe_json(value)));
      return {};
    }
    values.push_back(number);
  }
  return values;
}

std::optional<Metric> read_metric_name(JsonFields& fields) {
  fields.require("metric", "\"metric\": \"cpu_per_request\"");
  return fields.parsed("metric", parse_metric);
}

CellCalibration read_cell(JsonFields& fields) {
  CellCalibration cell;
  cell.target = read_text(fields, "target");
  cell.scenario = read_text(fields, "scenario");
  cell.rate = fields.number("rate", 0, 1e12).value_or(0);
  read_list(fields, "metrics", all_metrics().size(), [&](JsonFields& one) {
    const auto metric = read_metric_name(one);
    static_cast<void>(one.any("unit"));
    static_cast<void>(one.any("summary"));
    MetricCalibration read{metric.value_or(Metric::cpu_per_request), read_values(one, "off"),
                           read_values(one, "off2")};
    if (read.off.size() != read.off2.size()) one.mistake("off2", "is not as long as \"off\"");
    if (find_metric(cell, read.metric) != nullptr) one.mistake("metric", "stands here twice");
    one.finish();
    cell.metrics.push_back(std::move(read));
  });
  read_list(fields, "lacking", all_metrics().size(), [&](JsonFields& one) {
    const auto metric = read_metric_name(one);
    cell.lacking.push_back(
        {metric.value_or(Metric::cpu_per_request), one.text("reason").value_or("")});
    one.finish();
  });
  fields.finish();
  return cell;
}

Calibration read_calibration(JsonFields& fields) {
  Calibration calibration;
  fields.require("suite", "its name").require("fingerprint", "that of the machine");
  calibration.suite = read_text(fields, "suite");
  calibration.measured_at = read_text(fields, "measured_at");
  calibration.machine = read_text(fields, "fingerprint");
  calibration.cpu_model = read_text(fields, "cpu_model");
  fields.require("measure", "\"measure\": \"1s\"");
  calibration.measure = fields.parsed("measure", parse_duration).value_or(Nanos{0});
  if (const auto slice = fields.parsed("slice", parse_duration)) calibration.slice = *slice;
  calibration.rate = read_text(fields, "rate");
  calibration.blocks = static_cast<int>(fields.integer("blocks", 0, 1'000'000).value_or(0));
  calibration.block_s = fields.number("block_s", 0, 1e9).value_or(0);
  read_list(fields, "cells", kMostCells,
            [&](JsonFields& cell) { calibration.cells.push_back(read_cell(cell)); });
  fields.finish();
  return calibration;
}

}  // namespace

std::string write_calibrations(const std::vector<Calibration>& all) {
  std::string out = fmt::format(
      "{{\n  \"schema\": \"{}\",\n  \"schema_version\": \"{}\",\n  \"calibrations\": [\n",
      kCalibrationSchema, kCalibrationSchemaVersion);
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += (i == 0 ? "" : ",\n") + calibration_text(all[i]);
  }
  return out + "]\n}\n";
}

Result<std::vector<Calibration>> read_calibrations(std::string_view text, const std::string& file) {
  const auto foreign = [&](std::string_view why) {
    return failure(ExitCode::usage,
                   fmt::format("{}: not a file of tracetax calibrate ({}); it is left as it is, "
                               "choose another file or remove it",
                               quote(file), why));
  };
  const auto source = JsonSource::parse(text, file, kLargestCalibrationFile);
  if (!source) return foreign(source.error().message);
  const Json& root = source->root();
  const auto text_at = [&](const char* key) {
    const auto found = root.is_object() ? root.find(key) : root.end();
    return found != root.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (text_at("schema") != kCalibrationSchema) {
    return foreign(fmt::format("its \"schema\" is not \"{}\"", kCalibrationSchema));
  }
  if (!text_at("schema_version").starts_with("1.")) {
    return foreign(fmt::format("its schema_version is {}, this program reads 1.x",
                               quote(text_at("schema_version"))));
  }
  Mistakes mistakes(*source);
  JsonFields fields(root, "", mistakes);
  static_cast<void>(fields.any("schema"));
  static_cast<void>(fields.any("schema_version"));
  std::vector<Calibration> all;
  read_list(fields, "calibrations", kMostCalibrations,
            [&](JsonFields& one) { all.push_back(read_calibration(one)); });
  fields.finish();
  if (!mistakes.empty()) return foreign(mistakes.error().message);
  return all;
}

Result<std::vector<Calibration>> load_calibrations(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::exists(path, code) && !code) return std::vector<Calibration>{};
  const auto text = read_file(path, kLargestCalibrationFile);
  if (!text) return failure(text.error());
  return read_calibrations(*text, path);
}

}  // namespace tracetax
