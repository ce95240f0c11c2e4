// SPDX-License-Identifier: Apache-2.0
#include "reports/record/embedded_record.h"

#include <fmt/format.h>

#include "harness/core/gzip/gzip.h"
#include "harness/core/text/base64.h"
#include "harness/core/text/quote.h"
#include "reports/record/result_json.h"

namespace tracetax {
namespace {

// Nothing that a record says can look like this: in a page every "<" of it is escaped.
constexpr std::string_view kBegin =
    "<script type=\"application/gzip;base64\" id=\"tracetax-record\">";
constexpr std::string_view kEnd = "</script>";

}  // namespace

std::string embedded_record(std::string_view json) {
  GzipCompressor gzip;
  const std::string& packed = gzip.compress(json);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(packed.data());
  return fmt::format("{}{}{}\n", kBegin, to_base64({bytes, packed.size()}), kEnd);
}

bool is_page(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

Result<std::string> record_in_page(std::string_view page, std::string_view file_name) {
  const auto refuse = [&](std::string_view why) {
    return failure(ExitCode::baseline, fmt::format("{}: {}", quote(file_name), why));
  };
  const auto begin = page.find(kBegin);
  if (begin == std::string_view::npos)
    return refuse(
        "this page carries no record of a run: it is none of tracetax's, or its record was too "
        "large; give the result.json that lies beside it");
  const std::string_view rest = page.substr(begin + kBegin.size());
  const auto packed = from_base64(rest.substr(0, rest.find(kEnd)));
  if (!packed) return refuse("the record in this page is cut off or damaged: no base64");
  const auto json =
      gunzip({reinterpret_cast<const char*>(packed->data()), packed->size()}, kLargestResult);
  if (!json) return refuse("the record in this page cannot be unpacked: " + json.error().message);
  return *json;
}

}  // namespace tracetax
