// SPDX-License-Identifier: Apache-2.0
#include "harness/core/manual/manual_page.h"

#include <algorithm>
#include <cctype>

namespace tracetax {
namespace {

/// When what all pages say was last written; a page of the same source is the same bytes.
constexpr std::string_view kWritten = "2026-12-01";

/// Text that roff takes as it is: no requests, no escapes, no typography.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '\n':
        out += ' ';
        break;
      default:
        out += c;
    }
  }
  return out.starts_with('.') ? "\\&" + out : out;
}

/// A line of its own; a double space is none to roff, which fills lines itself.
std::string paragraph(std::string_view text) {
  std::string line = roff(text);
  for (std::size_t at; (at = line.find("  ")) != std::string::npos;) line.erase(at, 1);
  return line + "\n";
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string heading(std::string_view title) {
  return fmt::format(".SH {}\n", upper(std::string(title)));
}

std::string entry(std::string_view term, std::string_view text) {
  return fmt::format(".TP\n.B {}\n{}", roff(term), paragraph(text));
}

std::string option_sections(const CommandLine& line) {
  std::string out = heading("options");
  std::string_view title;
  for (const OptionGroup& group : line.groups) {
    const bool begins = std::exchange(title, group.title) != group.title;
    if (begins && group.title != "Options") out += fmt::format(".SS {}\n", roff(group.title));
    for (const OptionSpec& option : group.options) {
      const auto& fallback = option.value.fallback;
      out +=
          entry(name_in_help(option),
                fallback ? fmt::format("{} (default: {})", option.help, *fallback) : option.help);
    }
  }
  return out;
}

}  // namespace

std::string write_manual_page(const ManualPage& page) {
  const CommandLine& line = page.line;
  std::string out = fmt::format(
      ".TH {} 1 \"{}\" \"tracetax {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n"
      ".B {}\n",
      roff(upper(page.name)), kWritten, roff(page.version), roff(page.name), roff(page.summary),
      roff(line.program));
  out += paragraph(line.groups.empty() ? line.usage : "[OPTION...] " + line.usage);
  out += heading("description") + paragraph(line.purpose);
  if (!line.groups.empty()) out += option_sections(line);
  for (const ManualSection& section : page.sections) {
    out += heading(section.title);
    for (const auto& [term, text] : section.entries) out += entry(term, text);
  }
  if (!line.examples.empty()) out += heading("examples");
  for (const auto& [typed, what] : line.examples) out += entry(typed, what);
  if (page.see_also.empty()) return out;
  out += heading("see also");
  for (std::size_t i = 0; i < page.see_also.size(); ++i)
    out += fmt::format(".BR {} (1){}\n", roff(page.see_also[i]),
                       i + 1 < page.see_also.size() ? "," : "");
  return out;
}

}  // namespace tracetax
