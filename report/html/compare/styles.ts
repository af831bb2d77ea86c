// Styles of the comparison and history pages, added to the common ones.
import { styles } from '../styles.ts';

export const pageStyles = `${styles}
.changed td{min-width:0}
.changed .cell{white-space:nowrap}
.changed tr.red th[scope=row]{box-shadow:inset 3px 0 var(--bad);padding-left:10px}
td.long{white-space:normal;max-width:44ch;text-align:left;overflow-wrap:anywhere}
.long code,dd code{overflow-wrap:anywhere}
.verdict.worse,.verdict.varies,.verdict.vanished{color:var(--bad);font-weight:600}
.verdict.better{color:var(--good);font-weight:600}
.changed .verdict{min-width:0;margin:0}
li.explained{max-width:90ch;margin:8px 0}
.trends{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:8px 32px}
.trends .note{margin:2px 0 4px}
@media screen and (max-width:720px){
.changed .cell{white-space:normal;margin-left:auto;text-align:right;overflow-wrap:anywhere}
.changed tr.red th[scope=row]{padding-left:10px}
.first td.long{max-width:none}
}`;
