import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'terminal',
  title: 'the first table, the claims and the observations',
  pools: true,
  async *pieces({ view, columns, color }) {
    const { terminalOf } = await import('../terminal.ts');
    yield terminalOf(await view(), { columns, color });
  },
};
