// The page's style: light, dark, printed, and narrow screens. The arms' colors are those of Okabe and Ito, which remain distinct in all
// common kinds of color blindness; dark backgrounds get lighter shades of the same hues.
import { PHASES } from '../../results/schema/run.ts';
import { HUES } from '../marks.ts';

import { paperStyles } from './paper-styles.ts';

const LIGHT = `
--paper:#ffffff;--soft:#f5f6f7;--band:#f5f6f7;--ink:#1b1f24;--muted:#59626d;--grid:#dfe3e8;--line:#cfd5dc;--link:#0b5cad;
--good:#146c3c;--bad:#a3240f;--warn:#fff5df;--warn-line:#d9a400;--tip:#1b1f24;--tip-ink:#ffffff;--on-arm:#ffffff;--mix:#1b1f24;
--arm-0:#0072b2;--arm-1:#c65500;--arm-2:#00805c;--arm-3:#b0548a;--arm-4:#8a6d00;--arm-5:#007d8f;--arm-6:#6a51a3;--arm-7:#a33b2a;--arm-null:#59626d;--again:#eef0f3;--within:#d5dae1;
--phase-ingest:#12505c;--phase-create:#1f8595;--phase-mount:#7cc0ca;--phase-use:#c3c9d1;--phase-unmount:#f2cd94;--phase-settle:#dd9d42;
--phase-destroy:#b9641c;--phase-collect:#7d3d12;`;

const DARK = `
--paper:#14171b;--soft:#1c2026;--band:#1a1e24;--ink:#e4e8ed;--muted:#9aa5b1;--grid:#2b323a;--line:#38414b;--link:#79b8f3;
--good:#6fcf97;--bad:#ff9a86;--warn:#2d2612;--warn-line:#b98f1d;--tip:#e4e8ed;--tip-ink:#14171b;--on-arm:#0c0f12;--mix:#ffffff;
--arm-0:#56a9e8;--arm-1:#f28e3c;--arm-2:#3cc79c;--arm-3:#e08fbf;--arm-4:#d9b740;--arm-5:#4fc3d3;--arm-6:#b3a1e6;--arm-7:#f0857a;--arm-null:#9aa5b1;--again:#20252c;--within:#343c47;
--phase-ingest:#2b7f8f;--phase-create:#44b3c4;--phase-mount:#a3dee6;--phase-use:#66707c;--phase-unmount:#f7dcb2;--phase-settle:#eeb566;
--phase-destroy:#dd8a3e;--phase-collect:#b0602a;`;

const palette = [...Array.from({ length: HUES }, (_, hue) => hue), 'null']
  .map((hue) => `.c${hue === 'null' ? 'n' : hue}{fill:var(--arm-${hue});stroke:var(--arm-${hue})}`)
  .join('');

const PHASE_STYLES = PHASES.map((phase) => `.p-${phase}{background:var(--phase-${phase})}`).join('');

export const styles = `:root{color-scheme:light dark;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;
--mono:ui-monospace,"SFMono-Regular","DejaVu Sans Mono",Menlo,Consolas,monospace;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{${LIGHT}}}
:root.paper{${LIGHT}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 var(--sans);overflow-wrap:break-word}
main{max-width:1240px;margin:0 auto;padding:28px 24px 72px}
h1{font-size:15px;font-weight:600;margin:0 0 10px;color:var(--muted)}
h1 code{font-size:inherit}
h2{font-size:20px;line-height:1.3;margin:48px 0 6px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:22px 0 4px}
p{margin:6px 0 10px;max-width:76ch}
a{color:var(--link)}
a.term{color:inherit;text-decoration:underline dotted;text-underline-offset:3px}
code,pre{font:13px/1.5 var(--mono)}
pre{background:var(--soft);padding:10px 12px;border-radius:4px;margin:8px 0;white-space:pre-wrap;overflow-wrap:anywhere}
.finding{font-size:19px;line-height:1.42;font-weight:500;margin:0 0 8px;max-width:none;text-wrap:pretty}
.finding.more{font-size:15px;line-height:1.42;font-weight:400;margin:0 0 12px;padding-left:18px}
.facts{color:var(--muted);margin:0;max-width:none;display:flex;flex-wrap:wrap;gap:0 20px;font-size:14px}
nav{margin:14px 0 0;font-size:14px}
nav a{margin-right:14px;white-space:nowrap;text-decoration:none}
nav a:hover{text-decoration:underline}
h4{font-size:14px;margin:16px 0 2px;color:var(--muted);font-weight:600}
.scenario{border-top:1px solid var(--grid);margin-top:30px;padding-top:4px}
.scenario h3{font-size:17px}
.index{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;padding:0;font-size:14px}
:target,[tabindex="-1"]:focus,[id]{scroll-margin-top:calc(var(--bar,56px) + 40px)}
[tabindex="-1"]:focus{outline:none}
tr.aimed>*,.aimed>summary,figure.aimed>figcaption{background:var(--warn)}
.pin{margin-left:6px;text-decoration:none;font-weight:400;opacity:0}
.pin::before{content:"#"}
:hover>.pin,:hover>span>.pin,tr:hover .pin,.pin:hover,.pin:focus-visible,.pin:has(+.claim:hover){opacity:1}
.claims>.pin{position:absolute;margin:8px 0 0 -20px}
.claims:hover>.pin:not(:hover,:focus-visible,:has(+.claim:hover)){opacity:0}
.skip{position:absolute;left:-999px}
.skip:focus{position:static;display:inline-block;padding:8px 12px}
summary h2,summary h3{display:inline;border:0;margin:0;padding:0;color:var(--ink)}
details.part{border-top:1px solid var(--line);margin:0;padding:8px 0}
.scenario>details.part{border:0;padding:0}
.filters{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line);display:flex;flex-wrap:wrap;gap:6px 18px;align-items:center;padding:8px 0;margin:14px 0 0;font-size:13px}
.filters fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:4px 14px;min-width:0}
details.arms{margin:0}
details.arms[open]{flex-basis:100%}
.filters label{white-space:nowrap}
.filters select{font:inherit;max-width:16em;background:var(--paper);color:var(--ink);border:1px solid var(--line);border-radius:4px;padding:2px 4px}
.filters input{vertical-align:-2px;margin:0 5px 0 0}
.filters output{color:var(--muted);flex-basis:100%}
.filters output:empty{display:none}
.tool{font:12px/1.4 var(--sans);color:var(--link);background:none;border:1px solid var(--line);border-radius:4px;padding:0 7px;margin-left:8px;cursor:pointer}
.tool:hover{background:var(--soft)}
.tool:focus-visible,.filters :focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.tools{margin:10px 0 -8px;text-align:right;max-width:none}
figcaption .tools{display:inline;margin:0}
td.more,td.less{background:var(--soft);font-weight:600}
td.more::after,td.less::after{font-size:9px;margin-left:4px;color:var(--muted)}
td.more::after{content:"▲";content:"▲" / " more"}
td.less::after{content:"▼";content:"▼" / " less"}
.overview h2{margin:8px 0 0;border-top:0;padding-top:4px}
.overview h3{margin:0;color:var(--muted)}
.glances .legend{font-size:13px;gap:2px 14px}
.glances{display:grid;grid-template-columns:minmax(0,1fr);gap:8px 40px;align-items:start}
@media (min-width:1000px){.glances{grid-template-columns:minmax(0,1.4fr) minmax(0,1fr)}.glances>:only-child{grid-column:1/-1}}
.forest{width:100%;font-size:13px;line-height:1.25}
.forest th,.forest td{padding:1px 0 1px 10px;border:0;white-space:nowrap}
.forest th:first-child{padding-left:0}
.forest tbody th[scope=row]{padding-left:12px}
.forest .plot{width:100%;min-width:150px;padding:0 6px 0 14px;height:20px}
.forest .plot svg{display:block;width:100%;height:20px;overflow:visible}
.forest .plot svg svg{width:auto;height:auto}
.forest thead th{border:0;color:var(--muted);font-weight:400}
.forest thead th.plot{z-index:1}
.forest thead text{text-anchor:middle;font-size:11px;fill:var(--muted);stroke:none}
.forest .quantity th{text-align:left;font-weight:400;padding-top:3px}
.forest .quantity th,.forest .quantity td{border-top:1px solid var(--grid)}
.forest .quantity td{color:var(--muted)}
.forest .again{fill:var(--again);stroke:none}
.forest .within{fill:var(--within);stroke:none}
.forest .tick{stroke:var(--grid)}
.forest .one{stroke:var(--muted)}
.forest .whisker{stroke-width:2}
.forest .verdict{min-width:0;margin:0}
.forest .ratio{padding-left:10px}
.choice{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:13px;margin:4px 0}
.choice fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:2px 12px}
.choice input{vertical-align:-2px;margin:0 4px 0 0}
.phase{display:inline-block;width:11px;height:11px;margin-right:5px;vertical-align:-1px}
${PHASE_STYLES}
.note{color:var(--muted);font-size:14px}
.alert{background:var(--warn);border-left:4px solid var(--warn-line);padding:7px 14px;margin:12px 0 0;max-width:none}
.alert ul{margin:2px 0 0}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:8px 0;font-size:14px;max-width:none}
.swatch{width:12px;height:12px;vertical-align:-1px;margin-right:5px;overflow:visible;flex:none}
${palette}
.swatch.hollow{fill:none;stroke-width:2;stroke-dasharray:2.5 1.6}
.scroll{overflow:auto;max-height:92vh;margin:10px 0}
.scroll.fits{overflow:visible;max-height:none}
thead th{position:sticky;top:0;background:var(--paper);box-shadow:inset 0 -1px var(--line)}
.fits thead th{top:var(--bar,0px)}
.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:0 0 6px;font-size:14px}
th,td{padding:5px 12px;text-align:right;vertical-align:top;border-bottom:1px solid var(--grid);unicode-bidi:isolate}
th{font-weight:600}
th:first-child,td:first-child{text-align:left;padding-left:0}
.first th[scope=row]{min-width:13em}
td.text,th.text{text-align:left}
tbody th[scope=row]{font-weight:400}
thead th{border-bottom:1px solid var(--line);vertical-align:bottom}
.first{width:100%}
.first .metric{display:block;font-weight:600}
.first .title{display:block;color:var(--muted);font-size:12.5px;line-height:1.35}
.first thead th{white-space:nowrap}
.first td{white-space:nowrap;min-width:9.5em}
.section th{text-align:left;padding:20px 0 6px;border-bottom:1px solid var(--line);font-weight:400;color:var(--muted)}
.section b{color:var(--ink);margin-right:8px}
.first .value{font-weight:600;display:block}
.versus{display:block;font-size:13px;color:var(--muted)}
.versus .ratio,.range{white-space:nowrap}
.versus .ratio{color:var(--ink);font-weight:600}
.verdict{display:inline-block;min-width:4.9em;margin-left:6px;text-align:right}
.verdict.faster{color:var(--good);font-weight:600}
.verdict.slower{color:var(--bad);font-weight:600}
.verdict.same,.verdict.belowFloor{color:var(--ink)}
.null,.none,.zero{color:var(--muted)}
.null .value{font-weight:400}
.first td.null{min-width:8em}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:8px 32px;margin:8px 0}
.charts.wide{grid-template-columns:minmax(0,1fr)}
figure{margin:0;min-width:0}
figcaption{font-size:14px;font-weight:600;margin:10px 0 2px}
.chart{position:relative;min-width:0}
details{margin:8px 0}
summary{cursor:pointer;color:var(--link);font-size:14px;padding:3px 0}
dl{display:grid;grid-template-columns:minmax(9em,max-content) 1fr;gap:4px 20px;margin:8px 0;font-size:14px}
dt{color:var(--muted)}
dd{margin:0;min-width:0;unicode-bidi:isolate}
ul{margin:6px 0;padding-left:20px}
li{margin:3px 0;unicode-bidi:isolate}
.claims{border-bottom:1px solid var(--line);margin:12px 0}
details.claim{margin:0;border-top:1px solid var(--grid)}
.claim-heads,.claim>summary{display:grid;grid-template-columns:44px 106px minmax(0,1.25fr) minmax(0,1fr) 20px;gap:2px 14px;align-items:baseline;max-width:none}
.claim-heads{margin:0;color:var(--muted);font-size:13px;padding-bottom:4px}
.claim>summary{color:var(--ink);padding:7px 0;list-style:none}
.claim>summary::-webkit-details-marker{display:none}
.claim>summary:hover{background:var(--soft)}
.claim>summary::after{content:"▸";content:"▸" / "";color:var(--link);justify-self:end;grid-column:5;grid-row:1}
.claim[open]>summary::after{content:"▾";content:"▾" / ""}
.claim .verdict{min-width:0;margin:0;font-weight:600;text-align:left}
.claim .why{color:var(--muted);font-size:13px}
.claim .result{overflow-wrap:anywhere}
.claim .behind{padding:2px 0 14px 3em}
.claim .found{font-weight:500}
.verdict.supported{color:var(--good)}
.verdict.not-supported,.verdict.failed{color:var(--bad)}
td{position:relative}
.matrix td{text-align:center}
.matrix th .title{font-weight:400;color:var(--muted);font-size:12.5px}
.matrix thead th{text-align:center;min-width:7em}
.matrix thead th:first-child{text-align:left}
.timeline{margin:6px 0 12px}
.timeline p{margin:4px 0;max-width:none;font-size:14px}
.lane{display:grid;grid-template-columns:7em 1fr;gap:8px;align-items:center;font:12px/1.3 var(--mono);margin:2px 0}
.lane span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--muted)}
.lane svg{width:100%;height:16px;display:block}
.lane path{stroke:none}
.lane .whole{fill:var(--grid)}
.no{color:var(--muted)}
.ok{color:var(--good)}.wrong{color:var(--bad);font-weight:600}
.varies.exact{color:var(--bad)}
.total td,.total th{font-weight:600;border-top:1px solid var(--line)}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-top:56px;border-top:1px solid var(--line);padding-top:12px;color:var(--muted);font-size:13px}
@media screen and (max-width:720px){
.claim-heads{display:none}
.claim>summary{grid-template-columns:44px minmax(0,1fr) 20px}
.forest .median,.forest .text,.forest .of,.forest .odd{display:none}
.forest{font-size:12px}
.forest .plot{min-width:60px;padding-left:8px}
.forest .quantity th{white-space:normal}
.claim .says,.claim .result{grid-column:1/-1}
.claim>summary::after{grid-column:3}
.claim .behind{padding-left:0}
.filters{position:static}
main{padding:18px 16px 48px}
.finding{font-size:18px}
h2{margin-top:36px}
dl{grid-template-columns:1fr;gap:0}
th,td{padding:5px 7px}
th:last-child,td:last-child{padding-right:0}
dd{margin-bottom:8px}
.first,.first tbody,.first tr,.first td,.first th[scope=row],.first .section th,.first caption{display:block}
.first thead{display:none}
.first th,.first td{border:0;padding:0;text-align:left}
.first tr{padding:9px 0;border-bottom:1px solid var(--grid)}
.first td{white-space:normal;min-width:0;display:flex;flex-wrap:wrap;gap:0 10px;align-items:baseline;padding:2px 0}
.first td.null,.first th[scope=row]{min-width:0}
.first td::before{content:attr(data-arm);flex:1 1 8.5em;color:var(--muted);font-size:13px}
.first .value{margin-left:auto}
.first .versus{flex:1 0 100%;text-align:right}
.first .section th{padding:14px 0 2px}
.section b{display:block}
}${paperStyles}`;
