// Scales, the escaping of names, and the bytes of two kinds of pictures.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "reports/charts/chart_style.h"
#include "reports/charts/picture.h"
#include "reports/charts/svg.h"
#include "reports/golden.h"

namespace tracetax {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> names_of(const Scale& scale) {
  std::vector<std::string> names;
  for (const AxisTick& tick : scale.ticks()) names.push_back(tick.text);
  return names;
}

TEST(Scale, LinearTicksAreRoundAndHoldTheData) {
  const Scale scale({.low = -0.7, .high = 31.4}, 0, 400, 70);
  EXPECT_EQ(names_of(scale), (std::vector<std::string>{"0", "10", "20", "30"}));
  EXPECT_GT(scale.at(-0.7), 0);
  EXPECT_LT(scale.at(31.4), 400);
  EXPECT_DOUBLE_EQ(scale.at(1000), 400);
  const Scale fine({.low = 0.02, .high = 0.047}, 0, 200, 70);
  EXPECT_EQ(names_of(fine), (std::vector<std::string>{"0.02", "0.03", "0.04"}));
}

TEST(Scale, LogarithmicTicksAreFineOverFewDecades) {
  const Scale few(
      {.kind = ScaleKind::logarithmic, .low = 15e3, .high = 800e3, .tick_text = nanos_tick}, 0, 400,
      50);
  EXPECT_EQ(names_of(few), (std::vector<std::string>{"10 us", "20 us", "50 us", "100 us", "200 us",
                                                     "500 us", "1 ms"}));
  const Scale many({.kind = ScaleKind::logarithmic, .low = 1, .high = 9e6}, 0, 200, 50);
  EXPECT_EQ(many.ticks().size(), 8U);
}

TEST(Scale, NinesAreEvenlySpaced) {
  const Scale scale({.kind = ScaleKind::nines, .low = 0, .high = 0.999}, 0, 300, 50);
  EXPECT_EQ(names_of(scale), (std::vector<std::string>{"0 %", "50 %", "90 %", "99 %", "99.9 %"}));
  EXPECT_NEAR(scale.at(0.9), 100, 1e-6);
  EXPECT_NEAR(scale.at(0.99), 200, 1e-6);
}

TEST(Scale, SenselessAxesHaveARangeAllTheSame) {
  for (const ScaleKind kind : {ScaleKind::linear, ScaleKind::logarithmic, ScaleKind::nines}) {
    for (const auto& [low, high] : {std::pair{0.0, 0.0},
                                    {kNone, 1.0},
                                    {5.0, -5.0},
                                    {1e300, 1e301},
                                    {-3.0, -3.0},
                                    {1.0, 1.0}}) {
      const Scale scale({.kind = kind, .low = low, .high = high}, 0, 100, 50);
      EXPECT_LT(scale.low(), scale.high());
      EXPECT_TRUE(std::isfinite(scale.at(kNone)));
      EXPECT_TRUE(std::isfinite(scale.at(0.5)));
    }
  }
}

TEST(Scale, NamesThatWouldMeetAreLeftOut) {
  Scale scale(
      {.low = 0, .high = 10, .ticks = {{1, "one hundred"}, {3, "two hundred"}, {9, "nine"}}}, 0,
      200, 50);
  scale.thin_names(0, 200);
  EXPECT_EQ(names_of(scale), (std::vector<std::string>{"", "two hundred", "nine"}));
}

TEST(Scale, TextIsCutBetweenCharacters) {
  EXPECT_EQ(text_within("short", 100), "short");
  for (double width = 0; width < 120; width += 3) {
    const std::string cut =
        text_within("\xC3\xA9\xC3\xA9\xE4\xB8\xAD\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9 end", width);
    EXPECT_EQ(markup_text(cut), cut);  // no broken character
  }
}

TEST(Svg, EscapesWhateverANameHolds) {
  EXPECT_EQ(markup_text("</script><script>alert('\"&\n\xff"),
            "&lt;/script&gt;&lt;script&gt;alert(&#39;&quot;&amp; \\xff");
}

TEST(Svg, LooksRepeatWithoutTheGreyOne) {
  EXPECT_EQ(look_number(0), 0);
  EXPECT_EQ(look_number(kLooks), 1);
  EXPECT_EQ(look_number(-3), 0);
}

XyPlot sample_plot() {
  XyPlot plot;
  plot.x = {.title = "load, k/s", .low = 0, .high = 10};
  plot.y = {.title = "CPU per request, us", .low = 0, .high = 24, .tick_text = nullptr};
  plot.series = {
      {.label = "off", .look = 0, .points = {{1, 10, 9, 11}, {5, 12, 11, 13}, {9, kNone}}},
      {.label = "on@100%",
       .look = 1,
       .band = true,
       .points = {{1, 14, 12, 16}, {5, 19, 18, 20, false, "block <3>"}, {9, 22, 20, 24}}}};
  plot.rules = {{.at = 20, .label = "budget"}, {.vertical = true, .at = 8, .label = "asked"}};
  plot.shades = {{6, 7, "stalled", "bad"}};
  return plot;
}

TEST(Charts, AnXyPlotIsTheSameBytes) {
  testing::expect_golden(
      "chart-xy.svg", standalone_svg(draw_xy(std::vector{sample_plot()}, kWidePicture, "a & b")));
  const std::vector<XyPlot> panels{sample_plot(), sample_plot()};
  testing::expect_golden("chart-panels.svg", draw_xy(panels, kNarrowPicture, "two"));
}

TEST(Charts, ARowPlotIsTheSameBytes) {
  RowPlot plot;
  plot.axis = {.title = "overhead", .low = -2, .high = 40, .tick_text = percent_tick};
  plot.zero = 0;
  plot.legend = {{"cost", 1, true}};
  plot.rows = {{.heading = "gin <emulated>",
                .name = "on@100%",
                .value = "+30 % [+27, +33]",
                .marks = {{.at = 30, .low = 27, .high = 33, .look = 1}},
                .quiet_low = -1,
                .quiet_high = 1.5,
                .bound = 5},
               {.name = "goes on", .marks = {{.at = 38, .low = 20, .high = 90, .look = 2}}},
               {.name = "parts", .parts = {{0, 10, 0, "off"}, {10, 25, 1, "a"}}},
               {.name = "nothing", .value = "void"}};
  testing::expect_golden("chart-rows.svg", draw_rows(plot, kWidePicture, "rows"));
  testing::expect_golden("chart-rows-narrow.svg", draw_rows(plot, kNarrowPicture, "rows"));
}

TEST(Charts, NoInputGivesNaN) {
  XyPlot odd = sample_plot();
  odd.x.high = kNone;
  odd.y = {.kind = ScaleKind::logarithmic, .low = -1, .high = 1e300};
  odd.series.push_back({.points = {{kNone, kNone, kNone, kNone}, {1, 1, -1e308, 1e308}}});
  odd.shades.push_back({kNone, 3});
  RowPlot rows{.axis = empty_axis(""),
               .rows = {{.name = "x", .marks = {{.at = kNone, .low = kNone, .high = 2}}}}};
  for (const std::string& svg :
       {draw_xy(std::vector{odd}, kWidePicture, ""), draw_rows(rows, 350, ""), draw_rows({}, 0, ""),
        draw_xy({}, 720, "")}) {
    EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
    EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
  }
}

}  // namespace
}  // namespace tracetax
