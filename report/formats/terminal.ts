import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'terminal',
  title: 'the first table, the claims of this run and the finding; --long for every image',
  file: 'report.txt',
  long: true,
  pools: true,
  async *pieces({ view, columns, color, long = false }) {
    const { terminalOf } = await import('../terminal.ts');
    yield terminalOf(await view(), { columns, color, allImages: long });
  },
};
