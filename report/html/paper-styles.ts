// The style of printed pages. Nothing may be wider than the paper: charts shrink, words in tables break.

/** Width of a page of A4 between its margins; charts are drawn for it. US Letter is 2 % wider. */
const PAPER_PX = 718;

export const paperStyles = `
:root.paper main{max-width:none;width:${PAPER_PX}px;padding:0;margin:0}
:root.paper .charts,:root.paper .trends,:root.paper .glances{display:grid;grid-template-columns:minmax(0,1fr)}
@media print{
@page{margin:1cm}
body{font-size:9.5pt}
main,:root.paper main{max-width:none;width:auto;padding:0}
nav,noscript,.tools,.tool,.skip,.filters>:not(output){display:none}
.filters{position:static;border:0;padding:0}
h2,h3,h4,caption,figcaption,summary{break-after:avoid}
tr,.alert,.chart{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}
/* The colors are the meaning. */
.phase{print-color-adjust:exact;-webkit-print-color-adjust:exact}
summary{list-style:none;color:var(--ink);font-weight:600}
.scroll{overflow:visible;max-height:none}
thead th{position:static}
.claim>summary::after{content:none}
.charts,.trends,.glances{display:grid;grid-template-columns:minmax(0,1fr);gap:4px}
.chart{height:auto!important}
.chart canvas{width:100%!important;height:auto!important}
table{width:100%;font-size:8pt}
th,td,.first td,.first thead th{padding:2px 4px;min-width:0;white-space:normal;overflow-wrap:break-word}
.long,.matrix th,td code{overflow-wrap:anywhere}
.first th[scope=row]{min-width:0}
.range,.versus .ratio{white-space:normal}
.versus,.first .title,caption{font-size:7.5pt}
.verdict{min-width:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
}`;
