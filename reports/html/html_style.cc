// SPDX-License-Identifier: Apache-2.0
#include "reports/html/html_style.h"

namespace tracetax {

std::string_view html_style() {
  return R"(*{box-sizing:border-box}
html{background:var(--page);color:var(--ink);font:16px/1.5 system-ui,Arial,Helvetica,"Liberation Sans",sans-serif;
-webkit-text-size-adjust:100%}
body{margin:0}main{max-width:900px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;line-height:1.25;margin:.4em 0}h2{font-size:1.25rem;margin:2em 0 .4em}h3{font-size:1rem;margin:0 0 .5em}
p{margin:.6em 0;overflow-wrap:anywhere}li{overflow-wrap:anywhere}
.lead{font-size:1.15rem}.note,figcaption{color:var(--soft);font-size:.9rem}
.verdict{font-size:1.15rem;border-left:6px solid var(--soft);padding:.4em .8em;background:var(--grid)}
.verdict.pass{border-color:var(--good)}.verdict.fail,.verdict.invalid{border-color:var(--bad)}
.kind{display:inline-block;border:1px solid var(--soft);border-radius:4px;padding:0 .4em;font-size:.85rem}
dl{margin:1em 0}dl div{display:grid;grid-template-columns:8.5em 1fr;gap:.2em 1em;border-top:1px solid var(--grid);padding:.35em 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
figure{margin:1.6em 0;padding:1em 0 0;border-top:1px solid var(--grid);break-inside:avoid}figcaption{margin-top:.5em;max-width:44em}
.table{overflow-x:auto;margin:.8em 0}table{border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.25em .8em .25em 0;border-bottom:1px solid var(--grid)}
th{color:var(--soft);font-weight:normal}.r{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.w,th.r{white-space:normal}
.bar{width:60px;padding-right:0}.bar i{display:block;height:.8em;margin-top:.3em;background:var(--c2)}
details{border-top:1px solid var(--grid);padding:.5em 0}summary{cursor:pointer;font-weight:bold}
pre{overflow-x:auto;background:var(--grid);padding:.6em;border-radius:4px;font-size:.85rem}
pre code{white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:640px){dl div{grid-template-columns:1fr;gap:0}h1{font-size:1.3rem}}
@media print{main{max-width:none;padding:0}html{font-size:12px}.table{overflow:visible}h2,h3{break-after:avoid}}
)";
}

}  // namespace tracetax
