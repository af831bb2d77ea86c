import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'markdown',
  title: 'for pull requests: differences first',
  pools: true,
  async *pieces({ view }) {
    const { runMarkdown } = await import('../markdown/run.ts');
    yield runMarkdown(await view());
  },
};
