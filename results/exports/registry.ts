// All formats that other programs read.
import { bigger, smaller } from './action-benchmark.ts';
import { format as bencher } from './bencher.ts';
import type { Export } from './export.ts';
import { format as go } from './go.ts';
import { format as hyperfine } from './hyperfine.ts';
import { format as json } from './json.ts';
import { format as junit } from './junit.ts';
import { format as ktap } from './ktap.ts';
import { format as wideCsv } from './wide-csv.ts';

export const machineFormats: readonly Export[] = [
  wideCsv,
  json,
  go,
  hyperfine,
  smaller,
  bigger,
  bencher,
  junit,
  ktap,
];
