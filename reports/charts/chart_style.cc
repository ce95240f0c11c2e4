// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/chart_style.h"

namespace tracetax {

std::string_view chart_css(double width) {
  return width < kWidePicture ? "chart narrow" : "chart wide";
}

std::string_view chart_style() {
  return R"(:root{--ink:#1b1f24;--soft:#57606a;--grid:#e3e6ea;--page:#fff;--good:#1a7f37;--bad:#b3261e;
--c0:#6e7781;--c1:#0065a3;--c2:#c04a00;--c3:#00795a;--c4:#a8488a;--c5:#2b8cc4;--c6:#8a6d00}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a6adb6;--grid:#33393f;--page:#15181c;
--good:#4cc26a;--bad:#ff8a80;--c0:#a0a8b1;--c1:#5cb3f0;--c2:#ff9a5c;--c3:#3ecf9f;--c4:#e79acb;--c5:#8fd0f5;
--c6:#dcc04a}}
@media print{:root{--ink:#000;--soft:#333;--grid:#ccc;--page:#fff;--good:#1a7f37;--bad:#b3261e;--c0:#555;
--c1:#0065a3;--c2:#c04a00;--c3:#00795a;--c4:#a8488a;--c5:#2b8cc4;--c6:#8a6d00}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
.chart{display:block;width:100%;height:auto;font:12px Arial,Helvetica,"Liberation Sans",sans-serif}
.chart.wide{max-width:860px}.chart.narrow{display:none;max-width:480px}.small .chart.narrow{display:block}
@media screen and (max-width:640px){.chart.wide{display:none}.chart.narrow{display:block}}
.chart text{fill:var(--ink);paint-order:stroke;stroke:var(--page);stroke-width:3px}.chart .n{fill:var(--soft)}.chart .h{font-weight:bold}
.chart .v{font-variant-numeric:tabular-nums}.chart .m{text-anchor:middle}.chart .e{text-anchor:end}
.g{stroke:var(--grid)}.x{stroke:var(--soft)}.zero{stroke:var(--ink);stroke-width:1.2}
.budget{stroke:var(--bad);stroke-width:1.6;stroke-dasharray:5 3}
.quiet{fill:var(--soft);fill-opacity:.18}.bad{fill:var(--bad);fill-opacity:.14}.good{fill:var(--good);fill-opacity:.14}
.l0,.l1,.l2,.l3,.l4,.l5,.l6{fill:none;stroke-width:1.8;stroke-linejoin:round}
.l2{stroke-dasharray:7 3}.l3{stroke-dasharray:2 2}.l4{stroke-dasharray:8 3 2 3}.l5{stroke-dasharray:4 4}.l6{stroke-dasharray:1 3}
.h0,.h1,.h2,.h3,.h4,.h5,.h6{fill:var(--page);stroke-width:1.5}
.l0,.w0,.h0{stroke:var(--c0)}.l1,.w1,.h1{stroke:var(--c1)}.l2,.w2,.h2{stroke:var(--c2)}.l3,.w3,.h3{stroke:var(--c3)}
.l4,.w4,.h4{stroke:var(--c4)}.l5,.w5,.h5{stroke:var(--c5)}.l6,.w6,.h6{stroke:var(--c6)}
.w0,.w1,.w2,.w3,.w4,.w5,.w6{fill:none;stroke-width:1.8}
.f0,.a0,.b0{fill:var(--c0)}.f1,.a1,.b1{fill:var(--c1)}.f2,.a2,.b2{fill:var(--c2)}.f3,.a3,.b3{fill:var(--c3)}
.f4,.a4,.b4{fill:var(--c4)}.f5,.a5,.b5{fill:var(--c5)}.f6,.a6,.b6{fill:var(--c6)}
.a0,.a1,.a2,.a3,.a4,.a5,.a6{fill-opacity:.22}.b0,.b1,.b2,.b3,.b4,.b5,.b6{stroke:var(--page);stroke-width:1}
)";
}

std::string standalone_svg(std::string svg) {
  const auto end_of_tag = svg.find('>');
  if (end_of_tag == std::string::npos) return svg;
  svg.insert(end_of_tag + 1, "\n<style>" + std::string(chart_style()) + "</style>");
  return svg;
}

}  // namespace tracetax
