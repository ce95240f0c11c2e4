// The format `junit`: a test case per gated test, for CI systems that show such files. Some of them
// show "skipped" in green: what counts is the exit code of the gate.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <optional>
#include <vector>

#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/quote.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/report.h"
#include "reports/words/run_time.h"
#include "reports/words/sentences.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

enum class Outcome { passed, failure, error, skipped };

struct Case {
  std::string class_name, name;
  Outcome outcome = Outcome::passed;
  std::string type, message;  // of an outcome other than passed
  std::vector<std::pair<std::string, std::string>> properties;
};

/// Text for an attribute. XML 1.0 has no form at all for control characters, nor for the last two
/// code points of the first plane: those, and invalid UTF-8, are shown in another way.
std::string escaped(std::string_view text) {
  std::string plain = printable(text, text.size() * 4 + 16);
  for (const std::string_view foreign : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = 0; (at = plain.find(foreign, at)) != std::string::npos;) {
      plain.replace(at, foreign.size(), "?");
    }
  }
  std::string out;
  for (const char c : plain) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string number_text(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

void add_number(Case& made, const char* name, std::optional<double> value) {
  if (value && std::isfinite(*value)) made.properties.emplace_back(name, number_text(value));
}

void add_numbers(const GatedTest& test, Case& made) {
  made.properties = {{"verdict", std::string(name_of(test.verdict))},
                     {"required", test.required ? "true" : "false"},
                     {"question", std::string(name_of(test.question))},
                     {"budget", format_budget(test.metric, test.budget)},
                     {"unit", std::string(unit_of(test.metric))},
                     {"pairs", std::to_string(test.pairs)}};
  add_number(made, "reference_value", test.reference_value);
  add_number(made, "arm_value", test.arm_value);
  add_number(made, "estimate_pct", test.estimate_pct);
  if (test.interval_pct) {
    add_number(made, "low_pct", test.interval_pct->low);
    add_number(made, "high_pct", test.interval_pct->high);
    add_number(made, "level", test.interval_pct->level);
  }
  add_number(made, "estimate", test.estimate);
  if (test.interval) {
    add_number(made, "low", test.interval->low);
    add_number(made, "high", test.interval->high);
  }
  add_number(made, "p_fail", test.p_fail);
  add_number(made, "p_fail_holm", test.p_fail_holm);
  add_number(made, "p_pass", test.p_pass);
  add_number(made, "mde80_pct", test.detectable_pct);
}

std::string found(const GatedTest& test) {
  const char* bound = test.question == Question::budget ? "budget" : "margin";
  std::string text =
      fmt::format("{}, {} {}, {} blocks", effect_of(test), bound, bound_of(test), test.pairs);
  if (!test.reason.empty()) text += "; " + test.reason;
  return text;
}

/// What has neither passed nor failed is a failure here if the gate ends with that exit code:
/// someone who reads this file alone must not see less.
Outcome unproven(const RunResult& result) {
  return result.gate->inconclusive == InconclusivePolicy::fail ? Outcome::failure
                                                               : Outcome::skipped;
}

Case case_of(const RunResult& result, const GatedTest& test, bool run_invalid) {
  Case made;
  made.class_name = fmt::format("tracetax.{}.{}.{}", result.suite.name,
                                target_name(result, test.cell), scenario_name(result, test.cell));
  made.name = fmt::format("{}{}", test_name(result, test), test.required ? "" : " (advisory)");
  add_numbers(test, made);
  if (run_invalid && (test.verdict != Verdict::invalid || !test.required)) {
    made.outcome = Outcome::skipped;
    made.message = "not judged: the run is invalid";
    return made;
  }
  made.type = name_of(test.question);
  switch (test.verdict) {
    case Verdict::pass:
      break;
    case Verdict::fail:
      made.outcome = test.required ? Outcome::failure : Outcome::skipped;
      made.message =
          (test.required ? "" : "advisory, never decides: beyond its bound: ") + found(test);
      break;
    case Verdict::inconclusive:
      made.outcome = test.required ? unproven(result) : Outcome::skipped;
      made.message = fmt::format("inconclusive: {}{}", found(test), blocks_needed(test));
      break;
    case Verdict::invalid:
      made.outcome = test.required ? Outcome::error : Outcome::skipped;
      made.message = "invalid: " + test.reason;
      break;
  }
  return made;
}

/// The run itself: without this case an invalid run could look like one with tests skipped.
Case run_case(const RunResult& result, const Judgement& judgement) {
  Case made;
  made.class_name = "tracetax." + result.suite.name;
  made.name = "the measurement is sound and whole";
  made.type = "invalid";
  if (judgement.verdict == Verdict::invalid) {
    made.outcome = Outcome::error;
    made.message = fmt::format("{}", fmt::join(judgement.invalid, "; "));
  } else if (result.status != RunStatus::complete) {
    made.outcome = unproven(result);
    made.type = "inconclusive";
    made.message = "inconclusive: " + run_state(result);
  }
  return made;
}

Case unjudged_case(const RunResult& result) {
  Case made;
  made.class_name = "tracetax." + result.suite.name;
  made.name = "gate";
  made.outcome = Outcome::skipped;
  made.message = "this run was measured only, nothing was judged";
  return made;
}

std::string properties_text(const std::vector<std::pair<std::string, std::string>>& properties,
                            const std::string& indent) {
  if (properties.empty()) return "";
  std::string out = indent + "<properties>\n";
  for (const auto& [name, value] : properties) {
    out += fmt::format("{}  <property name=\"{}\" value=\"{}\"/>\n", indent, escaped(name),
                       escaped(value));
  }
  return out + indent + "</properties>\n";
}

std::string case_text(const Case& made) {
  std::string out = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n",
                                escaped(made.class_name), escaped(made.name));
  out += properties_text(made.properties, "      ");
  const std::string message = escaped(made.message);
  switch (made.outcome) {
    case Outcome::passed:
      break;
    case Outcome::failure:
    case Outcome::error:
      out += fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{1}</{0}>\n",
                         made.outcome == Outcome::failure ? "failure" : "error", message,
                         escaped(made.type));
      break;
    case Outcome::skipped:
      out += fmt::format("      <skipped message=\"{}\"/>\n", message);
      break;
  }
  return out + "    </testcase>\n";
}

std::string write_junit(const RunResult& result, const Analysis& analysis, const ReportOptions&) {
  std::vector<Case> cases;
  std::vector<std::pair<std::string, std::string>> properties;
  if (analysis.judgement) {
    const Judgement& judgement = *analysis.judgement;
    cases.push_back(run_case(result, judgement));
    for (const GatedTest& test : judgement.tests) {
      cases.push_back(case_of(result, test, judgement.verdict == Verdict::invalid));
    }
    const auto code = exit_code_of(judgement.verdict, result.gate->inconclusive);
    properties = {{"verdict", std::string(name_of(judgement.verdict))},
                  {"exit_code", std::to_string(static_cast<int>(code))}};
  } else {
    cases.push_back(unjudged_case(result));
  }
  const BlockCount blocks = count_blocks(result);
  properties.emplace_back("run_id", result.run_id);
  properties.emplace_back("seed", std::to_string(result.plan.seed));
  properties.emplace_back("blocks", std::to_string(blocks.measured));
  properties.emplace_back("blocks_planned", std::to_string(blocks.planned));
  properties.emplace_back("tracetax", result.tool.version);

  std::size_t failures = 0, errors = 0, skipped = 0;
  std::string body;
  for (const Case& made : cases) {
    failures += made.outcome == Outcome::failure ? 1U : 0U;
    errors += made.outcome == Outcome::error ? 1U : 0U;
    skipped += made.outcome == Outcome::skipped ? 1U : 0U;
    body += case_text(made);
  }
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                  cases.size(), failures, errors, skipped, run_seconds(result).value_or(0));
  const std::string stamp =
      unix_seconds(result.started_at) > 0
          ? fmt::format(" timestamp=\"{}\"", escaped(result.started_at.substr(0, 19)))
          : "";
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tracetax\" {0}>\n"
      "  <testsuite name=\"{1}\" {0}{2}>\n{3}{4}  </testsuite>\n</testsuites>\n",
      counts, escaped(result.suite.name), stamp, properties_text(properties, "    "), body);
}

}  // namespace

ReportFormat junit_format() {
  return {"junit", "JUnit XML, a test case per test of the gate", {.write = write_junit}};
}

}  // namespace tracetax
