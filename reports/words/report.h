// A report: a text made from a finished run and its analysis. Writers are pure; the file or
// terminal is the caller's. A new format is one file in reports/formats with a function that gives
// its ReportFormat, and one line in reports/catalog.cc: the format itself says what it is called,
// which options it takes and which files of a run's folder are written in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "harness/core/text/catalog.h"

namespace tracetax {

/// What the options of formats were given, by name. What is not in it has its default.
using FormatChoices = std::map<std::string, std::string, std::less<>>;

struct ReportOptions {
  int width = 100;                      // columns, where it is shown in a terminal; at least 60
  bool color = false;                   // where it is shown; words carry the meaning without it
  std::vector<std::string> written{};   // files that belong to it, for a format that names them
  FormatChoices choices{};              // of the options that the format declares
  DescribeScenario describe = nullptr;  // what kinds of scenarios say; none: nothing is known
};

using WriteReport = std::string (*)(const RunResult& result, const Analysis& analysis,
                                    const ReportOptions& options);

/// An option that a format adds to the command `report`.
struct FormatOption {
  std::string name;
  std::string shown{};               // of its value, in the help
  std::vector<std::string> words{};  // all that it can be, where that is a list
  std::string help;
  std::string
      help_in_run;       // of the command `run`, where it changes what is written; empty: not there
  std::string fallback;  // empty: none
  Status (*check)(std::string_view value);
};

/// A file of a run's folder in some format.
struct ReportFile {
  std::string name;         // "report.md"
  FormatChoices choices{};  // as it is written
  /// Whether this run has it, with these options of the command. None: every run has.
  bool (*is_wanted)(const RunResult& result, const Analysis& analysis,
                    const FormatChoices& asked) = nullptr;
};

/// One of several texts of a run, in a format that has each in a file of its own.
struct ReportPart {
  std::string name;  // of the file, without its ending
  std::string text;
};

struct ReportWriter {
  WriteReport write = nullptr;
  std::vector<FormatOption> options{};
  std::vector<ReportFile> files{};  // none: only `report` writes it
  /// What `write` puts one after the other. None: it is one text.
  std::vector<ReportPart> (*parts)(const RunResult& result, const ReportOptions& options) = nullptr;
};

using ReportFormat = CatalogEntry<ReportWriter>;

// Those that commands print themselves.
[[nodiscard]] std::string write_text(const RunResult& result, const Analysis& analysis,
                                     const ReportOptions& options);
[[nodiscard]] std::string write_pull_request(const RunResult& result, const Analysis& analysis,
                                             const ReportOptions& options);

}  // namespace tracetax
