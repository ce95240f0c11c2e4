// An axis and where its values lie: nice ticks, and text that does not overlap.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

enum class ScaleKind {
  linear,
  logarithmic,  // of values above 0
  nines,        // of shares below 1, as HdrHistogram's plotter has them: 0, 90, 99, 99.9 %
};

struct AxisTick {
  double at = 0;
  std::string text{};  // empty: a line without a name
};

/// An axis as asked for. A linear range is widened a little, at most to
/// the next tick, unless ticks are given; a logarithmic one to the next tick.
struct Axis {
  std::string title{};  // with the unit: "CPU per request, us"; empty: none
  ScaleKind kind = ScaleKind::linear;
  double low = 0, high = 1;
  std::vector<AxisTick> ticks{};               // empty: nice ones
  std::string (*tick_text)(double) = nullptr;  // none: the number, with the digits of the step
};

/// Widens an axis so that it shows `value`; one that is not finite changes nothing. Begin with
/// empty_axis().
void include(Axis& axis, double value);
/// An axis that has no range yet.
[[nodiscard]] Axis empty_axis(std::string title, ScaleKind kind = ScaleKind::linear);

/// Names of ticks: "+20 %"; "20 us" of nanoseconds.
[[nodiscard]] std::string percent_tick(double percent);
[[nodiscard]] std::string nanos_tick(double nanos);

/// Pixels of a 12 px sans-serif text, rather too many than too few.
[[nodiscard]] double text_width(std::string_view text);
/// The text, or as much of its beginning as fits into `width` pixels, with "..." behind.
[[nodiscard]] std::string text_within(std::string_view text, double width);

/// From values to pixels. Every axis gives one, an empty or senseless one too.
class Scale {
 public:
  /// `from` and `to` are the pixels of low and high. About one tick in `spacing` pixels.
  Scale(const Axis& axis, double from, double to, double spacing);

  /// Where `value` lies, at an end if it is beyond it.
  [[nodiscard]] double at(double value) const;
  /// Whether it can be drawn at all: finite, within the range, and of a logarithm above 0.
  [[nodiscard]] bool shows(double value) const;
  [[nodiscard]] const std::vector<AxisTick>& ticks() const { return ticks_; }
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  /// Takes the names of ticks that would overlap, and those that would stand beyond `left` or
  /// `right`, along a horizontal axis.
  void thin_names(double left, double right);

 private:
  [[nodiscard]] double place(double value) const;  // in the units in which pixels are even
  void linear_ticks(const Axis& axis, double most);
  void logarithmic_ticks(const Axis& axis, double most);
  void nines_ticks(const Axis& axis);

  ScaleKind kind_;
  double low_, high_, from_, to_;
  std::vector<AxisTick> ticks_;
};

}  // namespace tracetax
