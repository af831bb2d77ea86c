import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'tampering-csv',
  title: 'the table of attacks: a row per attack, backend and level of protection',
  file: 'tampering.csv',
  pools: true,
  async *pieces({ view }) {
    const { tamperCsv } = await import('../tampering/csv.ts');
    yield tamperCsv(await view());
  },
};
