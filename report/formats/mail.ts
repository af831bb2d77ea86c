import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'mail',
  title: 'for mailing lists: ASCII, 75 columns',
  pools: true,
  async *pieces({ view }) {
    const { mailOf } = await import('../mail/mail.ts');
    yield mailOf(await view());
  },
};
