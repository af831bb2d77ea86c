import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'mail',
  title: 'for mailing lists: ASCII, 75 columns; --long for everything, --claims for some claims in full',
  file: 'mail.txt',
  long: true,
  claims: true,
  pools: true,
  async *pieces({ view, long = false, claims = [] }) {
    const { mailOf } = await import('../mail/mail.ts');
    yield mailOf(await view(), { long, claims });
  },
};
