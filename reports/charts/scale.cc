// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr double kHighestShare = 0.9999999;
constexpr double kGapBetweenNames = 8;
constexpr double kMargin = 0.06;  // of the data's range, at most, beyond its ends

/// 1, 2 or 5 times a power of ten, at least `size`.
double nice_step(double size) {
  const double power = std::pow(10, std::floor(std::log10(size)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= size * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string plain_text(double value, double step) {
  const int digits = static_cast<int>(std::clamp(-std::floor(std::log10(step) + 1e-9), 0.0, 9.0));
  std::string text = fmt::format("{:.{}f}", value, digits);
  return text.find_first_not_of("-0.") == std::string::npos ? "0" : text;
}

std::string name_at(const Axis& axis, double value, double step) {
  return axis.tick_text != nullptr ? axis.tick_text(value) : plain_text(value, step);
}

}  // namespace

void include(Axis& axis, double value) {
  if (!std::isfinite(value) || (axis.kind == ScaleKind::logarithmic && value <= 0)) return;
  axis.low = std::min(axis.low, value);
  axis.high = std::max(axis.high, value);
}

Axis empty_axis(std::string title, ScaleKind kind) {
  Axis axis;
  axis.title = std::move(title);
  axis.kind = kind;
  axis.low = std::numeric_limits<double>::infinity();
  axis.high = -axis.low;
  return axis;
}

std::string percent_tick(double percent) {
  return std::abs(percent) < 1e-9 ? "0" : fmt::format("{:+.4g} %", percent);
}

std::string nanos_tick(double nanos) { return format_nanos(nanos); }

double text_width(std::string_view text) {
  double em = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // not the first byte of its character
    if (byte >= 0xE0U) {
      em += 1;  // as wide as Chinese is
    } else if (std::string_view(" iljtfrI.,:;|!'()[]/-").find(c) != std::string_view::npos) {
      em += 0.38;
    } else if (std::string_view("mwMW%@").find(c) != std::string_view::npos) {
      em += 0.94;
    } else {
      em += c >= 'A' && c <= 'Z' ? 0.7 : 0.61;
    }
  }
  return 12 * em;
}

std::string text_within(std::string_view text, double width) {
  if (text_width(text) <= width) return std::string(text);
  while (!text.empty() && text_width(text) + text_width("...") > width) {
    for (bool inside = true; inside && !text.empty(); text.remove_suffix(1))
      inside = (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U;
  }
  return std::string(text) + "...";
}

Scale::Scale(const Axis& axis, double from, double to, double spacing)
    : kind_(axis.kind), low_(axis.low), high_(axis.high), from_(from), to_(to) {
  if (!std::isfinite(low_) || !std::isfinite(high_) || high_ < low_ || std::abs(low_) > 1e30 ||
      std::abs(high_) > 1e30) {
    low_ = kind_ == ScaleKind::logarithmic ? 1 : 0;
    high_ = kind_ == ScaleKind::logarithmic ? 10 : 1;
  }
  if (kind_ == ScaleKind::logarithmic) {
    low_ = std::max(low_, 1e-12);
    high_ = std::max(high_, low_);
  }
  if (kind_ == ScaleKind::nines) {
    low_ = std::clamp(low_, 0.0, kHighestShare);
    high_ = std::clamp(high_, low_, kHighestShare);
  }
  if (place(high_) - place(low_) < 1e-9 * std::max(1.0, std::abs(place(low_)))) {
    const double about = std::max(std::abs(low_) * 0.1, 1e-9);
    if (kind_ == ScaleKind::nines) {
      low_ = 0;
      high_ = std::max(high_, 0.9);
    } else if (kind_ == ScaleKind::logarithmic) {
      low_ /= 2;
      high_ = 2 * std::max(high_, low_);
    } else {
      low_ -= low_ == 0 ? 0 : about;
      high_ += high_ == 0 ? 1 : about;
    }
  }
  const double most = std::max(2.0, std::abs(to - from) / std::max(spacing, 1.0));
  if (!axis.ticks.empty()) {
    ticks_ = axis.ticks;
  } else if (kind_ == ScaleKind::linear) {
    linear_ticks(axis, most);
  } else if (kind_ == ScaleKind::logarithmic) {
    logarithmic_ticks(axis, most);
  } else {
    nines_ticks(axis);
  }
}

void Scale::linear_ticks(const Axis& axis, double most) {
  const double step = nice_step((high_ - low_) / most);
  const double first = std::floor(low_ / step + 1e-9), last = std::ceil(high_ / step - 1e-9);
  const double margin = kMargin * (high_ - low_);
  low_ = std::max(step * first, low_ - margin);
  high_ = std::min(step * last, high_ + margin);
  const int count = static_cast<int>(std::lround(last - first));
  for (int i = 0; i <= count; ++i) {
    const double value = step * (first + i);
    if (shows(value)) ticks_.push_back({value, name_at(axis, value, step)});
  }
}

void Scale::logarithmic_ticks(const Axis& axis, double most) {
  const int first = static_cast<int>(std::floor(std::log10(low_)));
  const int last = static_cast<int>(std::ceil(std::log10(high_)));
  const bool fine = last - first <= std::max(2.0, most / 3);
  const double lowest = low_, highest = high_;
  const std::vector<double> factors = fine ? std::vector{1.0, 2.0, 5.0} : std::vector{1.0};
  std::vector<double> all;
  for (int power = first; power <= last; ++power) {
    for (const double factor : factors) all.push_back(factor * std::pow(10, power));
  }
  for (const double value : all) {
    if (value <= lowest * (1 + 1e-9)) low_ = value;
  }
  for (auto value = all.rbegin(); value != all.rend(); ++value) {
    if (*value >= highest * (1 - 1e-9)) high_ = *value;
  }
  for (const double value : all) {
    if (shows(value)) ticks_.push_back({value, name_at(axis, value, value)});
  }
}

void Scale::nines_ticks(const Axis& axis) {
  for (const double share : {0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999}) {
    if (!shows(share)) continue;
    ticks_.push_back({share, axis.tick_text != nullptr ? axis.tick_text(share)
                                                       : fmt::format("{:.6g} %", 100 * share)});
  }
}

double Scale::place(double value) const {
  switch (kind_) {
    case ScaleKind::linear:
      return value;
    case ScaleKind::logarithmic:
      return std::log10(value);
    case ScaleKind::nines:
      return -std::log10(1 - value);
  }
  return value;
}

bool Scale::shows(double value) const {
  return std::isfinite(value) && value >= low_ && value <= high_;
}

double Scale::at(double value) const {
  const double inside = std::isnan(value) ? low_ : std::clamp(value, low_, high_);
  return from_ + (to_ - from_) * (place(inside) - place(low_)) / (place(high_) - place(low_));
}

void Scale::thin_names(double left, double right) {
  double free_from = left;
  for (AxisTick& tick : ticks_) {
    if (tick.text.empty()) continue;
    const double middle = at(tick.at), half = text_width(tick.text) / 2;
    if (middle - half < free_from || middle + half > right) {
      tick.text.clear();
    } else {
      free_from = middle + half + kGapBetweenNames;
    }
  }
}

}  // namespace tracetax
