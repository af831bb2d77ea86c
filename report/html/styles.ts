// The page's style: light, dark, printed, and narrow screens. The arms' colors are those of Okabe and Ito, which remain distinct in all
// common kinds of color blindness; dark backgrounds get lighter shades of the same hues.
import { HUES } from '../marks.ts';

import { paperStyles } from './paper-styles.ts';

const LIGHT = `
--paper:#ffffff;--soft:#f5f6f7;--band:#f5f6f7;--ink:#1b1f24;--muted:#59626d;--grid:#dfe3e8;--line:#cfd5dc;--link:#0b5cad;
--good:#146c3c;--bad:#a3240f;--warn:#fff5df;--warn-line:#d9a400;--tip:#1b1f24;--tip-ink:#ffffff;--on-arm:#ffffff;--mix:#1b1f24;
--arm-0:#0072b2;--arm-1:#c65500;--arm-2:#00805c;--arm-3:#b0548a;--arm-4:#8a6d00;--arm-5:#007d8f;--arm-6:#6a51a3;--arm-7:#a33b2a;--arm-null:#59626d;`;

const DARK = `
--paper:#14171b;--soft:#1c2026;--band:#1a1e24;--ink:#e4e8ed;--muted:#9aa5b1;--grid:#2b323a;--line:#38414b;--link:#79b8f3;
--good:#6fcf97;--bad:#ff9a86;--warn:#2d2612;--warn-line:#b98f1d;--tip:#e4e8ed;--tip-ink:#14171b;--on-arm:#0c0f12;--mix:#ffffff;
--arm-0:#56a9e8;--arm-1:#f28e3c;--arm-2:#3cc79c;--arm-3:#e08fbf;--arm-4:#d9b740;--arm-5:#4fc3d3;--arm-6:#b3a1e6;--arm-7:#f0857a;--arm-null:#9aa5b1;`;

const palette = [...Array.from({ length: HUES }, (_, hue) => hue), 'null']
  .map((hue) => `.c${hue === 'null' ? 'n' : hue}{fill:var(--arm-${hue});stroke:var(--arm-${hue})}`)
  .join('');

export const styles = `:root{color-scheme:light dark;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;
--mono:ui-monospace,"SFMono-Regular","DejaVu Sans Mono",Menlo,Consolas,monospace;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{${LIGHT}}}
:root.paper{${LIGHT}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 var(--sans);overflow-wrap:break-word}
main{max-width:1120px;margin:0 auto;padding:28px 24px 72px}
h1{font-size:15px;font-weight:600;margin:0 0 10px;color:var(--muted)}
h1 code{font-size:inherit}
h2{font-size:20px;line-height:1.3;margin:48px 0 6px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:22px 0 4px}
p{margin:6px 0 10px;max-width:76ch}
a{color:var(--link)}
a.term{color:inherit;text-decoration:underline dotted;text-underline-offset:3px}
code,pre{font:13px/1.5 var(--mono)}
pre{background:var(--soft);padding:10px 12px;border-radius:4px;margin:8px 0;white-space:pre-wrap;overflow-wrap:anywhere}
.finding{font-size:21px;line-height:1.42;font-weight:500;margin:0 0 14px;max-width:62ch;text-wrap:pretty}
.facts{color:var(--muted);margin:0;max-width:none;display:flex;flex-wrap:wrap;gap:0 20px;font-size:14px}
nav{margin:14px 0 0;font-size:14px}
nav a{margin-right:14px;white-space:nowrap;text-decoration:none}
nav a:hover{text-decoration:underline}
h4{font-size:14px;margin:16px 0 2px;color:var(--muted);font-weight:600}
.scenario{border-top:1px solid var(--grid);margin-top:30px;padding-top:4px}
.scenario h3{font-size:17px}
.index{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;padding:0;font-size:14px}
:target,[tabindex="-1"]:focus{outline:none;scroll-margin-top:64px}
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
td.more,td.less{background:var(--soft);font-weight:600}
td.more::after,td.less::after{font-size:9px;margin-left:4px;color:var(--muted)}
td.more::after{content:"▲";content:"▲" / " more"}
td.less::after{content:"▼";content:"▼" / " less"}
.note{color:var(--muted);font-size:14px}
.alert{background:var(--warn);border-left:4px solid var(--warn-line);padding:9px 14px;margin:18px 0 0;max-width:none}
.alert ul{margin:2px 0 0}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:8px 0;font-size:14px;max-width:none}
.swatch{width:12px;height:12px;vertical-align:-1px;margin-right:5px;overflow:visible;flex:none}
${palette}
.swatch.hollow{fill:none;stroke-width:2;stroke-dasharray:2.5 1.6}
.scroll{overflow-x:auto;margin:10px 0}
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
article.claim{border-top:1px solid var(--grid);padding:10px 0 4px}
.claim p{margin:3px 0}
.claim .says{font-weight:600}
.claim .verdict{min-width:0;margin:0 0 0 6px;font-weight:600}
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
