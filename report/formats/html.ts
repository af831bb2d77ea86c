import { REPORT_FILE, type ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'html',
  title: `the page ${REPORT_FILE} in the run folder`,
  file: REPORT_FILE,
  inRunFolder: true,
  pools: true,
  async *pieces({ view }) {
    const { htmlOf } = await import('../render.ts');
    yield htmlOf(await view());
  },
};
