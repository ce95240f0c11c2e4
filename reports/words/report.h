// A report: a text made from a finished run and its analysis. Writers are pure; the file or
// terminal is the caller's. A new format is one file with such a function and one line in
// catalog.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "reports/words/language.h"

namespace tracetax {

struct ReportOptions {
  int width = 100;                        // columns, for `text`; at least 60
  bool color = false;                     // for `text`; words carry the meaning without it
  std::vector<std::string> written{};     // files that `text` ends by naming
  Language language = Language::english;  // of `frameworks`; the other formats have one only
};

using WriteReport = std::string (*)(const RunResult& result, const Analysis& analysis,
                                    const ReportOptions& options);

[[nodiscard]] std::string write_json(const RunResult& result, const Analysis& analysis,
                                     const ReportOptions& options);
[[nodiscard]] std::string write_markdown(const RunResult& result, const Analysis& analysis,
                                         const ReportOptions& options);
[[nodiscard]] std::string write_text(const RunResult& result, const Analysis& analysis,
                                     const ReportOptions& options);
[[nodiscard]] std::string write_csv(const RunResult& result, const Analysis& analysis,
                                    const ReportOptions& options);
[[nodiscard]] std::string write_comparisons_csv(const RunResult& result, const Analysis& analysis,
                                                const ReportOptions& options);
[[nodiscard]] std::string write_frameworks(const RunResult& result, const Analysis& analysis,
                                           const ReportOptions& options);
[[nodiscard]] std::string write_frameworks_csv(const RunResult& result, const Analysis& analysis,
                                               const ReportOptions& options);
[[nodiscard]] std::string write_hlog(const RunResult& result, const Analysis& analysis,
                                     const ReportOptions& options);
[[nodiscard]] std::string write_verdict_csv(const RunResult& result, const Analysis& analysis,
                                            const ReportOptions& options);
[[nodiscard]] std::string write_pull_request(const RunResult& result, const Analysis& analysis,
                                             const ReportOptions& options);
[[nodiscard]] std::string write_junit(const RunResult& result, const Analysis& analysis,
                                      const ReportOptions& options);
[[nodiscard]] std::string write_google_benchmark(const RunResult& result, const Analysis& analysis,
                                                 const ReportOptions& options);
[[nodiscard]] std::string write_go_benchmark(const RunResult& result, const Analysis& analysis,
                                             const ReportOptions& options);
[[nodiscard]] std::string write_smaller_is_better(const RunResult& result, const Analysis& analysis,
                                                  const ReportOptions& options);
[[nodiscard]] std::string write_hgrm_report(const RunResult& result, const Analysis& analysis,
                                            const ReportOptions& options);

}  // namespace tracetax
