import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'markdown',
  title: 'for pull requests: the largest differences, everything else folded',
  file: 'report.md',
  pools: true,
  async *pieces({ view }) {
    const { runMarkdown } = await import('../markdown/run.ts');
    yield runMarkdown(await view());
  },
};
