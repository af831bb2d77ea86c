// Every machine format, in the order of the help.
import { format as bencher } from './bencher.ts';
import { format as csv } from './csv.ts';
import { format as csvWide } from './csv-wide.ts';
import type { ExportFormat } from './export.ts';
import { bigger, smaller } from './github-benchmark.ts';
import { format as go } from './go.ts';
import { format as hyperfine } from './hyperfine.ts';
import { format as json } from './json.ts';
import { format as junit } from './junit.ts';
import { format as ktap } from './ktap.ts';
import { format as lava } from './lava.ts';

export const exportFormats: readonly ExportFormat[] = [
  csv,
  csvWide,
  json,
  go,
  hyperfine,
  smaller,
  bigger,
  bencher,
  junit,
  ktap,
  lava,
];
