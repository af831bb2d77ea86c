// Problems that change how the first table is read, one sentence each; empty where there are none.
import { areTimesMeasured } from '../results/emulated.ts';
import { KERNEL_WARNING, NOISE_PREFIX } from '../results/schema/machine.ts';
import { incompleteText } from './analysis/problems.ts';
import { declaredIn } from './declared.ts';
import { fleetAlerts } from './fleet/words.ts';
import { plural } from './format.ts';
import { truncate } from './text.ts';
import type { ReportView } from './view.ts';

/** The full text is in the list of problems. */
const LONGEST_PROBLEM = 400;

const INCOMPLETE_HINTS: Partial<Readonly<Record<ReportView['run']['status'], string>>> = {
  'out-of-time': ' Raise --budget or measure fewer --images.',
  interrupted: ' The rows hold what was measured before; cfsbench run --resume RUN measures the rest.',
};

const incompleteAlert = (status: ReportView['run']['status']): readonly string[] => {
  if (status === 'complete') return [];
  return [`The run did not complete: ${status.replaceAll('-', ' ')}.${INCOMPLETE_HINTS[status] ?? ''}`];
};

/** A mount that differs by design is still measured, so its numbers carry this note. */
const declaredAlerts = ({ proofs }: ReportView): readonly string[] => {
  const namesByArm = new Map<string, string[]>();
  for (const { arm, hidden = [] } of proofs)
    if (hidden.length > 0) namesByArm.set(arm, [...(namesByArm.get(arm) ?? []), ...hidden]);
  return [...namesByArm].map(([arm, names]) => {
    const { hides, adds } = declaredIn(names);
    const parts = [
      ...(hides.length === 0 ? [] : [`does not show ${hides.join(', ')}`]),
      ...(adds.length === 0 ? [] : [`shows ${adds.join(', ')} beside the image`]),
    ];
    return `${arm} ${parts.join(' and ')}; the rest of its tree is equal.`;
  });
};

const failureAlert = ({ failures: [first, ...others] }: ReportView): readonly string[] => {
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return [`Failed: ${truncate(`${first.where}: ${first.what}`, LONGEST_PROBLEM)}${more}.`];
};

const emulationAlert = ({ run }: ReportView): readonly string[] =>
  areTimesMeasured(run)
    ? []
    : [
        'The CPUs were emulated: times are no measurements; they are shown in parentheses and judged by nothing.',
      ];

const KERNEL_PREFIX = `${NOISE_PREFIX}${KERNEL_WARNING}`;

/** A warning of the kernel is no load: it may make every number wrong. */
const noiseAlert = (line: string): string =>
  line.startsWith(KERNEL_PREFIX)
    ? `The kernel warned during the run: ${line.slice(KERNEL_PREFIX.length)}; read dmesg: the numbers may be wrong.`
    : `Noisy machine: ${line.slice(NOISE_PREFIX.length)}.`;

/** That no alert says. */
export const otherWarnings = ({ warnings, run, pool }: ReportView): readonly string[] =>
  warnings.filter(
    (line) =>
      !line.startsWith(NOISE_PREFIX) &&
      line !== incompleteText(run.status) &&
      !(pool?.notices ?? []).includes(line),
  );

/** `2 failures, 1 warning and 12 notes`; empty: none. */
export const problemCounts = (view: ReportView): string => {
  const counts = [
    [view.failures.length, 'failure'],
    [otherWarnings(view).length, 'warning'],
    [view.notes.length, 'note'],
  ] as const;
  const parts = counts.flatMap(([count, word]) => (count === 0 ? [] : [plural(count, word)]));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
};

export const alerts = (view: ReportView): readonly string[] => {
  const { proofs, claims, pool, warnings, leaks } = view;
  const unequal = proofs.filter(({ equal }) => !equal).length;
  return [
    ...emulationAlert(view),
    ...incompleteAlert(view.run.status),
    ...(unequal === 0 ? [] : [`${plural(unequal, 'mount')} did not show the image's tree.`]),
    ...declaredAlerts(view),
    ...failureAlert(view),
    ...claims
      .filter(({ verdict }) => verdict === 'failed')
      .map(({ id, because }) => `The rule of ${id} ${truncate(because, LONGEST_PROBLEM)}.`),
    ...(pool === null ? [] : fleetAlerts(pool)),
    ...(pool?.notices ?? []).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`),
    ...warnings.filter((line) => line.startsWith(NOISE_PREFIX)).map(noiseAlert),
    ...(leaks.left.length === 0
      ? []
      : [`Left behind: ${leaks.left.map(({ where, what }) => `${what} (${where})`).join('; ')}.`]),
  ];
};
