// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/context_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

struct FieldForm {
  std::string_view name;
  std::size_t size;
};

// In the order of ContextField.
constexpr std::array<FieldForm, kContextFields> kFieldForms{{{"traceparent", kTraceparentSize},
                                                             {"b3", 32 + 1 + 16 + 2},
                                                             {"x-b3-traceid", 32},
                                                             {"x-b3-spanid", 16},
                                                             {"x-b3-sampled", 1},
                                                             {"uber-trace-id", 32 + 1 + 16 + 4},
                                                             {"X-Amzn-Trace-Id", kLongestContext}}};

struct FormatForm {
  std::string_view name, propagator;
  ContextField first;
  std::size_t fields;
};

constexpr std::array kAllFields{ContextField::traceparent,  ContextField::b3,
                                ContextField::b3_trace_id,  ContextField::b3_span_id,
                                ContextField::b3_sampled,   ContextField::uber_trace_id,
                                ContextField::amzn_trace_id};

// In the order of ContextFormat.
constexpr std::array<FormatForm, 5> kFormatForms{{
    {"w3c", "tracecontext", ContextField::traceparent, 1},
    {"b3", "b3", ContextField::b3, 1},
    {"b3multi", "b3multi", ContextField::b3_trace_id, 3},
    {"jaeger", "jaeger", ContextField::uber_trace_id, 1},
    {"xray", "xray", ContextField::amzn_trace_id, 1},
}};

const FieldForm& form_of(ContextField field) noexcept {
  return kFieldForms[static_cast<std::size_t>(field)];
}

const FormatForm& form_of(ContextFormat format) noexcept {
  return kFormatForms[static_cast<std::size_t>(format)];
}

char* write_text(std::string_view text, char* out) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// The format that it names in either way; none of them: the number of formats.
std::size_t format_named(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find_if(kFormatForms,
                                                       [&](const FormatForm& form) {
                                                         return form.name == name ||
                                                                form.propagator == name;
                                                       }) -
                                  kFormatForms.begin());
}

// What stands between commas, without the spaces around it.
std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> parts;
  for (bool more = !list.empty(); more;) {
    const std::size_t comma = list.find(',');
    std::string_view part = list.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    more = comma != list.npos;
    if (more) list.remove_prefix(comma + 1);
  }
  return parts;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view name_of(ContextField field) { return form_of(field).name; }

std::size_t size_of(ContextField field) noexcept { return form_of(field).size; }

void write_context(ContextField field, const TraceContext& context, char* out) noexcept {
  const char sampled = context.sampled() ? '1' : '0';
  switch (field) {
    case ContextField::traceparent:
      write_traceparent(context, out);
      return;
    case ContextField::b3:
      out = write_hex(context.trace_id, out);
      *out++ = '-';
      out = write_hex(context.span_id, out);
      *out++ = '-';
      *out = sampled;
      return;
    case ContextField::b3_trace_id:
      write_hex(context.trace_id, out);
      return;
    case ContextField::b3_span_id:
      write_hex(context.span_id, out);
      return;
    case ContextField::b3_sampled:
      *out = sampled;
      return;
    case ContextField::uber_trace_id:
      out = write_hex(context.trace_id, out);
      *out++ = ':';
      out = write_hex(context.span_id, out);
      out = write_text(":0:", out);
      *out = sampled;
      return;
    case ContextField::amzn_trace_id: {
      constexpr std::size_t kSecondsDigits = 8;
      char* const root = write_text("Root=1-", out);
      char* const end = write_hex(context.trace_id, root);
      std::memmove(root + kSecondsDigits + 1, root + kSecondsDigits,
                   static_cast<std::size_t>(end - root) - kSecondsDigits);
      root[kSecondsDigits] = '-';
      out = write_text(";Parent=", end + 1);
      out = write_hex(context.span_id, out);
      out = write_text(";Sampled=", out);
      *out = sampled;
      return;
    }
  }
}

std::string format_context(ContextField field, const TraceContext& context) {
  std::string text(size_of(field), '\0');
  write_context(field, context, text.data());
  return text;
}

std::span<const ContextField> all_context_fields() { return kAllFields; }

std::span<const ContextField> fields_of(ContextFormat format) {
  const FormatForm& form = form_of(format);
  return std::span{kAllFields}.subspan(static_cast<std::size_t>(form.first), form.fields);
}

std::vector<ContextField> fields_of(const ContextFormats& formats) {
  std::vector<ContextField> all;
  for (const ContextFormat format : formats) {
    const auto fields = fields_of(format);
    all.insert(all.end(), fields.begin(), fields.end());
  }
  return all;
}

bool carries_context(std::string_view name) {
  return std::ranges::any_of(kFieldForms, [&](const FieldForm& form) {
    return std::ranges::equal(name, form.name, {}, lower, lower);
  });
}

std::string_view name_of(ContextFormat format) { return form_of(format).name; }

std::string_view propagator_of(ContextFormat format) { return form_of(format).propagator; }

Result<ContextFormats> parse_context_formats(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const FormatForm& form : kFormatForms) known.emplace_back(form.name);
  ContextFormats formats;
  for (const std::string& name : names) {
    const std::size_t place = format_named(name);
    if (place == kFormatForms.size())
      return failure(ExitCode::usage, unknown_name("context format", name, known));
    const auto format = static_cast<ContextFormat>(place);
    if (std::ranges::find(formats, format) != formats.end())
      return failure(ExitCode::usage, fmt::format("{} stands here twice", name_of(format)));
    formats.push_back(format);
  }
  if (formats.empty()) {
    return failure(ExitCode::usage, fmt::format("names no format; right is one or more of {}",
                                                fmt::join(known, ", ")));
  }
  return formats;
}

Result<ContextFormats> parse_context_list(std::string_view list) {
  return parse_context_formats(split_list(list));
}

std::vector<std::string> names_of(const ContextFormats& formats) {
  std::vector<std::string> names;
  for (const ContextFormat format : formats) names.emplace_back(name_of(format));
  return names;
}

std::string propagators_of(const ContextFormats& formats) {
  std::string text;
  for (const ContextFormat format : formats)
    text.append(text.empty() ? "" : ",").append(propagator_of(format));
  return text.empty() ? "none" : text;
}

ContextFormats formats_in(std::string_view propagators) {
  ContextFormats formats;
  for (const std::string& name : split_list(propagators)) {
    const std::size_t place = format_named(name);
    if (place < kFormatForms.size()) formats.push_back(static_cast<ContextFormat>(place));
  }
  return formats;
}

bool surely_unread(const ContextFormats& sent, std::string_view propagators) {
  constexpr std::array<std::string_view, 4> kNoFormats{"baggage", "ottrace", "none", ""};
  const auto family = [](ContextFormat format) {
    return format == ContextFormat::b3multi ? ContextFormat::b3 : format;
  };
  const auto names = split_list(propagators);
  return !names.empty() && std::ranges::all_of(names, [&](const std::string& name) {
    if (std::ranges::find(kNoFormats, name) != kNoFormats.end()) return true;
    const std::size_t place = format_named(name);
    return place < kFormatForms.size() &&
           std::ranges::find(sent, family(static_cast<ContextFormat>(place)), family) == sent.end();
  });
}

std::string describe(const ContextFormats& formats) {
  std::string text;
  for (const ContextField field : fields_of(formats))
    text.append(text.empty() ? "" : ", ").append(name_of(field));
  return text;
}

}  // namespace tracetax
