// The look of the report: calm paper, one accent a verdict, figures that line up. System fonts,
// light and dark by the reader's setting, A4 by the printer's. Every text colour keeps 4.5:1 on
// every ground it stands on.
#include "reports/html/page.h"

namespace reprise {
namespace {

constexpr const char* palette = R"(
:root{color-scheme:light dark;--paper:#fdfdfb;--panel:#f4f4f0;--line:#dddcd5;--faint:#ecebe5;
--ink:#1a1c20;--soft:#575c66;--accent:#22577a;--pass:#17663f;--conditional:#7a4a00;
--skipped:#575c66;--inconclusive:#4a4690;--fail:#ad1f2b;--nominal:#3f8f68;--degraded:#ad7911;
--down:#c22a37;--untold:#6d5bb0;--served:#5f87a6;--broken:#f6e9e6;--mark:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#131519;--panel:#1c1f25;--line:#363a43;
--faint:#24272e;--ink:#e9e8e3;--soft:#a9adb7;--accent:#8cc1e3;--pass:#6fcb9a;
--conditional:#e2b354;--skipped:#a9adb7;--inconclusive:#b0adf5;--fail:#ff918c;--nominal:#58b285;
--degraded:#d9a63c;--down:#ff6f6f;--untold:#a99af0;--served:#7ba4c4;--broken:#2b1f21;
--mark:#131519}}
@media print{:root{color-scheme:light;--paper:#fff;--panel:#f6f6f3;--line:#cfcec8;--faint:#e4e3dd;
--ink:#000;--soft:#444;--accent:#22577a;--pass:#17663f;--conditional:#7a4a00;--skipped:#444;
--inconclusive:#4a4690;--fail:#ad1f2b;--nominal:#3f8f68;--degraded:#ad7911;--down:#c22a37;
--untold:#6d5bb0;--served:#5f87a6;--broken:#f6e9e6;--mark:#fff}}
)";

constexpr const char* text_rules = R"(
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",
sans-serif;
background:var(--paper);color:var(--ink);font-variant-numeric:tabular-nums;
-webkit-text-size-adjust:100%;print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{margin:0 auto;max-width:1184px;padding:0 32px 48px}
header{display:flex;gap:12px;align-items:baseline;padding:18px 0 12px;
border-bottom:1px solid var(--line);
color:var(--soft);font-size:14px}
header p,footer p{margin:0}
.brand{font-weight:700;letter-spacing:.01em;color:var(--ink);font-size:16px}
.when{margin-left:auto}
h1,h2,h3{line-height:1.2;letter-spacing:-.012em;text-wrap:balance;margin:0}
h1{font-size:30px;font-weight:680}
h2{font-size:26px;font-weight:680}
.part{font-size:18px;font-weight:650}
main>h1{margin:28px 0 12px}
a{color:var(--accent);text-underline-offset:.18em}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:2px solid var(--accent);
outline-offset:3px;border-radius:2px}
.skip{position:absolute;left:-999px}
.skip:focus{left:16px;top:8px;background:var(--paper);padding:6px 10px}
.shapes{position:absolute}
.eyebrow{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 14px;margin:22px 0 4px;
font-size:14px;color:var(--soft)}
main>.eyebrow+h1{margin-top:0}
section+section.drill{margin-top:64px;border-top:3px solid var(--ink)}
section.drill>h2:first-child{margin:24px 0 8px}
section.drill>.part{margin:30px 0 10px}
code{font:.93em/1.5 ui-monospace,"SF Mono","Cascadia Mono","Liberation Mono",monospace;
overflow-wrap:break-word}
.absent{color:var(--soft)}
footer{margin-top:48px;padding-top:14px;border-top:1px solid var(--line);color:var(--soft);
font-size:13px}
)";

constexpr const char* opening_rules = R"(
.verdict{display:flex;align-items:center;flex-wrap:wrap;gap:4px 12px;margin:14px 0 18px;
color:var(--soft)}
.verdict .shape{width:34px;height:34px}
.verdict strong{font-size:38px;line-height:1.1;font-weight:700;letter-spacing:-.022em}
.verdict span{align-self:flex-end;padding-bottom:4px}
.shape{flex:none;width:14px;height:14px;overflow:visible}
.pass{--tone:var(--pass)}.conditional{--tone:var(--conditional)}.skipped{--tone:var(--skipped)}
.inconclusive{--tone:var(--inconclusive)}.fail{--tone:var(--fail)}
.verdict strong,.badge{color:var(--tone)}
.body{fill:var(--tone)}
.rim{fill:none;stroke:var(--tone);stroke-width:2}
.line{fill:none;stroke:var(--tone);stroke-width:2}
.mark{fill:none;stroke:var(--mark);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.badge{display:inline-flex;align-items:center;gap:6px;font-weight:650;white-space:nowrap}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);margin:0;border:1px solid var(--line);
border-radius:6px;overflow:hidden;background:var(--line);gap:1px}
.tile{background:var(--paper);padding:14px 18px 15px;min-width:0}
.tile dt{font-size:14px;color:var(--soft)}
.tile dd{margin:0;display:flex;flex-direction:column;height:calc(100% - 21px)}
.value{font-size:30px;line-height:1.3;font-weight:640;letter-spacing:-.02em}
.tile.absent .value{font-weight:400;color:var(--soft);letter-spacing:-.01em;font-size:24px;
line-height:1.625}
.tile.bad .value{color:var(--fail)}
.small{font-size:13.5px;line-height:1.4;color:var(--soft);margin-top:auto;padding-top:4px}
.gauge{display:block;width:100%;height:12px;margin:2px 0}
.gauge .room{fill:var(--faint)}.gauge .sure{fill:var(--accent)}.gauge .maybe{fill:var(--accent);
opacity:.55}
.gauge.bad .sure,.gauge.bad .maybe{fill:var(--fail)}
.gauge .limit{stroke:var(--ink);stroke-width:2;vector-effect:non-scaling-stroke}
.cause{margin:16px 0 0;max-width:78ch;overflow-wrap:anywhere}
.cause strong{color:var(--tone,var(--ink));margin-right:.3em}
.tally{display:flex;flex-wrap:wrap;gap:6px 24px;margin:0 0 18px}
.tally span{display:inline-flex;gap:6px}
)";

constexpr const char* table_rules = R"(
details{border-top:1px solid var(--line);padding:14px 0}
figure+details{margin-top:22px}
details[open]{padding-bottom:22px}
summary{cursor:pointer;list-style-position:outside;margin-left:18px}
summary .part{display:inline}
summary~*{margin-top:12px}
.wide{overflow-x:auto}
.wide+.wide{margin-top:22px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.45}
caption{text-align:left;color:var(--soft);font-size:13.5px;padding-bottom:6px}
th,td{text-align:left;vertical-align:top;padding:8px 14px 8px 0;
border-bottom:1px solid var(--faint)}
th:last-child,td:last-child{padding-right:0}
td{overflow-wrap:break-word;min-width:5em}
thead th{font-weight:600;color:var(--soft);font-size:13px;vertical-align:bottom;
border-bottom-color:var(--line)}
thead th::first-letter{text-transform:uppercase}
tbody th{font-weight:600;min-width:8em}
.n{text-align:right;min-width:0}
.where{display:block;font-weight:400;color:var(--soft);font-size:12.5px}
.why{margin:4px 0 0;color:var(--soft);max-width:64ch;overflow-wrap:anywhere}
.also{margin:8px 0 0}
td .why::first-letter{text-transform:uppercase}
.figures th,.figures td{padding-right:9px;min-width:0}
.facts tbody th{width:30%}.facts td,.facts code{overflow-wrap:anywhere}
p.drill{margin:0 0 2px}
.level::before{content:"";display:inline-block;width:9px;height:9px;margin-right:7px;
background:var(--nominal);border-radius:50%}
.level.degraded::before{background:var(--degraded);border-radius:1px;transform:rotate(45deg)}
.level.down::before{background:var(--down);border-radius:0}
.level.unknown::before{background:none;border:2px solid var(--untold);border-radius:0}
)";

constexpr const char* picture_rules = R"(
figure{margin:0}
.picture{display:block;width:100%;min-width:820px;height:auto}
.picture text{fill:var(--ink);font-size:12.5px}
.picture .row{text-anchor:end;fill:var(--soft);font-size:11px}
.picture .lane{font-weight:600}
.picture .note,.picture .word{font-size:11.5px}
.picture .note{paint-order:stroke;stroke:var(--paper);stroke-width:3.5px;stroke-linejoin:round}
.bars{fill:none;vector-effect:none}
.nominal{stroke:var(--nominal)}.degraded{stroke:var(--degraded)}.down{stroke:var(--down)}
.unsent{stroke:var(--soft)}.unknown{stroke:var(--untold)}
.served{stroke:var(--served)}.nobody{stroke:var(--down)}
.latency{fill:none;stroke:var(--ink);stroke-width:1.1;vector-effect:non-scaling-stroke;
stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1;stroke-opacity:.75;fill:none}
.hair{stroke:var(--line);fill:none}
.phase{fill:var(--faint)}.phase.odd{fill:var(--line)}
.broken{fill:var(--broken)}
.incident{stroke:var(--down);stroke-dasharray:3 3;fill:none}
.fault{fill:var(--down)}
.arming,.unbitten,.between,.manual{fill:url(#hatch)}
.fault.arming,.fault.unbitten{stroke:var(--down)}
.hatch{stroke:var(--soft);stroke-width:2.4}
.edge{stroke:var(--ink);stroke-width:1.6;fill:none}
.bit{fill:var(--ink);stroke:var(--paper);stroke-width:1}
.gone{stroke:var(--down);stroke-width:2.2;fill:none}
.ready{fill:var(--paper);stroke:var(--nominal);stroke-width:2.2}
.step{fill:var(--faint);stroke:var(--soft)}
.step.manual{fill:url(#hatch);stroke:var(--soft)}
.step.bad{stroke:var(--down);stroke-width:2}
.measure{fill:var(--accent)}.measure.bad{fill:var(--fail)}
.measure.between{fill:url(#hatch);stroke:var(--accent)}.measure.between.bad{stroke:var(--fail)}
.limit{stroke:var(--ink);stroke-width:2;fill:none}
.failure{stroke:var(--down);stroke-width:1.6;fill:none}
.untold{stroke:var(--untold);stroke-width:1.6;fill:none}
figcaption{margin-top:10px;color:var(--soft);font-size:13.5px;max-width:90ch}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;margin:0 0 4px}
.legend span{display:inline-flex;align-items:center;gap:7px}
.legend svg{width:14px;height:14px}
)";

constexpr const char* media_rules = R"(
@media screen and (min-width:721px){.summary tbody th{min-width:21em}
.summary td:last-child,.findings td:nth-child(4){width:34%}.findings tbody th{min-width:12em}
.findings .n,.summary .n{min-width:7em}.findings .n:last-child,.summary .n+.n{min-width:3.6em}
.figures .n{min-width:3.4em}.figures td:nth-child(6){min-width:6.6em}
.figures.untold td:nth-child(6){min-width:3.4em}.figures.untold td:nth-child(7){min-width:6.6em}
.faults tbody .n{white-space:nowrap}.faults tbody .n:nth-child(8){white-space:normal}
.risks tbody th{min-width:16em}}
@media screen and (max-width:720px){body{padding:0 18px 32px}h1{font-size:25px}
h2{font-size:23px}header{flex-wrap:wrap;gap:2px 12px}.when{margin-left:0;width:100%}
.tiles{grid-template-columns:1fr}.value{font-size:26px}.tile{padding:10px 14px 12px}
.verdict{display:grid;grid-template-columns:auto 1fr}.verdict strong{font-size:29px}
.verdict .shape{width:28px;height:28px}.verdict span{grid-column:2}
h1,h2,tbody th{overflow-wrap:anywhere}
table{min-width:560px}.facts{min-width:0}.facts tbody th{min-width:7em}
.cards{min-width:0}.cards,.cards caption,.cards tbody,.cards tr,.cards th,.cards td{display:block}
.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cards tbody tr{padding:10px 0;border-top:1px solid var(--line)}
.cards tbody th,.cards tbody td{border:0;padding:2px 0;text-align:left;white-space:normal;
min-width:0;width:auto}
.cards tbody td{display:flow-root;padding-left:9em}
.cards td::before{content:attr(data-label);float:left;width:8.4em;margin-left:-9em;
color:var(--soft);overflow-wrap:anywhere;hyphens:auto}
.cards .why{margin:0}}
@media print{@page{size:A4;margin:14mm 13mm 16mm;
@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#444}}
html{font-size:10.5pt}body{max-width:none;padding:0}
details::details-content{content-visibility:visible;display:block;height:auto}
details>*{display:block}summary{list-style:none;margin-left:0}
.skip{display:none}footer{margin-top:16px;break-before:avoid}.wide{overflow:visible}
table{font-size:8.5pt;min-width:0}
th,td{padding:3px 8px 3px 0}caption{font-size:8.5pt}thead th{font-size:8pt}
.where{font-size:7.5pt}td,tbody th{min-width:0}.summary tbody th{width:34%}
.summary td.n{min-width:6.5em}
.summary .n+.n{min-width:0}
.findings tbody th{width:19%}.findings td:nth-child(4){width:32%}
.facts td code{font-size:7.5pt}.figures{font-size:8pt}.figures thead th{font-size:7pt}
.figures th,.figures td{padding-right:6px}
.picture .lane,.picture text{font-size:14px}
.picture .row,.picture .note,.picture .word{font-size:12.5px}
tr,figure,.tiles,.verdict,.cause{break-inside:avoid}
h1,h2,h3,summary,caption,thead{break-after:avoid}thead{display:table-header-group}
tbody tr:first-child{break-before:avoid}
section+section.drill{break-before:page;border-top:0;margin-top:0}
section+section.risks{break-before:auto;margin-top:24px}
.picture{min-width:0}a{color:inherit;text-decoration:none}}
)";

}  // namespace

std::string style_sheet() {
  std::string sheet;
  for (const char* rules :
       {palette, text_rules, opening_rules, table_rules, picture_rules, media_rules}) {
    sheet += rules;
  }
  return sheet;
}

}  // namespace reprise
