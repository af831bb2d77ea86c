// The pages of comparisons and of the history, with their scripts.
import type { Gate } from '../results/gate/gate.ts';
import type { Trend } from '../results/history/trends.ts';
import type { ComparedRuns } from './compare/curves.ts';
import { compareView } from './compare/view.ts';
import { comparePage } from './html/compare/page.ts';
import { type HistoryOptions, historyPage } from './html/history/page.ts';
import { pageScripts } from './render.ts';

export const compareHtml = (sides: ComparedRuns, gate: Gate, isGated: boolean): string =>
  comparePage(compareView(sides, gate, isGated), pageScripts());

export const historyHtml = (trends: readonly Trend[], options: HistoryOptions): string =>
  historyPage(trends, options, pageScripts());
