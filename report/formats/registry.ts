// Every format of a report: those for people, then those for other programs.
import { machineFormats } from '../../results/exports/registry.ts';
import { format as csv } from './csv.ts';
import type { ReportFormat } from './format.ts';
import { format as html } from './html.ts';
import { format as mail } from './mail.ts';
import { format as markdown } from './markdown.ts';
import { format as tamperingCsv } from './tampering-csv.ts';
import { format as terminal } from './terminal.ts';

export const reportFormats: readonly ReportFormat[] = [
  terminal,
  html,
  mail,
  markdown,
  csv,
  tamperingCsv,
  ...machineFormats.map((one): ReportFormat => ({ ...one, pieces: ({ run }) => one.pieces(run) })),
];
