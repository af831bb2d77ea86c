// What would change how the first table is read, in a few words each; nothing where all went well.
import type { ReportView } from './view.ts';

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const notComplete = (status: ReportView['run']['status']): string => {
  if (status === 'complete') return '';
  if (status === 'out-of-time')
    return 'The run did not complete: out of time. Give it more with --budget, or fewer --images.';
  return `The run did not complete: ${status}.`;
};

const LONGEST = 400;

/** The whole stands among the problems. */
const cut = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`);

/** Declared, and no reason not to time it; whoever reads its times must know. */
const hiddenLines = ({ proofs }: ReportView): readonly string[] => {
  const byArm = new Map<string, Set<string>>();
  for (const { arm, hidden = [] } of proofs)
    for (const name of hidden) byArm.set(arm, (byArm.get(arm) ?? new Set()).add(name));
  return [...byArm].map(
    ([arm, names]) => `${arm} does not show ${[...names].sort().join(', ')}; its tree is equal but for that.`,
  );
};

export const alerts = (view: ReportView): readonly string[] => {
  const unequal = view.proofs.filter(({ equal }) => !equal).length;
  return [
    notComplete(view.run.status),
    unequal === 0 ? '' : `${plural(unequal, 'mount')} did not show the image's tree.`,
    ...hiddenLines(view),
    view.failures.length === 0
      ? ''
      : `Failed: ${cut(`${view.failures[0]!.where}: ${view.failures[0]!.what}`)}${
          view.failures.length === 1 ? '' : `, and ${view.failures.length - 1} more`
        }.`,
    ...view.claims
      .filter(({ verdict }) => verdict === 'failed')
      .map(({ id, because }) => `The rule of ${id} ${cut(because)}.`),
    ...(view.pool?.notices ?? []).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`),
    ...view.warnings
      .filter((line) => line.startsWith('noise: '))
      .map((line) => `Noisy machine: ${line.slice('noise: '.length)}.`),
    view.leaks.left.length === 0
      ? ''
      : `Left behind: ${view.leaks.left.map(({ where, what }) => `${what} (${where})`).join('; ')}.`,
  ].filter((line) => line !== '');
};
