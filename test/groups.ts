// Which test files may run beside each other. What is not named here runs alone, after them.

/**
 * Beginnings of paths below this folder, as in all lists here. Nothing that these files expect depends on how long something takes,
 * on what is cached, or on what belongs to the whole machine (inodes, frames, kernel warnings); nor do they disturb whoever does:
 * no emptied caches, no busy loops. Dear ones first: a long one at the end would leave the other CPUs idle.
 *
 * They begin no run. A run copies every mount of the machine into its own namespace and holds it until it ends, and a server whose
 * mount is held does not end: its test would wait for the run.
 */
export const WITHOUT_RUNS: readonly string[] = [
  'daemon/tree',
  'daemon/requests',
  'results/',
  'harness/erofs/',
  'report/',
  'daemon/damaged',
  'daemon/build',
  'daemon/delay',
  'daemon/contents',
  'harness/backends/',
  'harness/digest/',
  'harness/images/',
  'harness/model/',
  'harness/probes/readings',
  'harness/runner/',
  'harness/store/',
  'scenarios/',
  'mutants/',
  'worlds/',
];

/** The same of files that begin runs, or do not mind them. */
export const SIDE_BY_SIDE: readonly string[] = [
  'end-to-end/resume',
  'end-to-end/containers',
  'end-to-end/micro',
  'end-to-end/rootless',
  'end-to-end/large-image',
  'end-to-end/killed',
  'end-to-end/gate',
  'end-to-end/claims',
  'end-to-end/variants',
  'end-to-end/pool',
  'end-to-end/difficult-path',
  'end-to-end/leaks',
  'end-to-end/report-anywhere',
  'harness/cli/',
  'end-to-end/build',
  'end-to-end/counts',
  'end-to-end/fsck',
  'project/',
];

/**
 * They empty the caches of the whole machine, and expect that nobody else does: one at a time, beside those that do not mind. They
 * wait for the disk more than they compute.
 */
export const EMPTYING_CACHES: readonly string[] = ['end-to-end/walks', 'end-to-end/sharing'];

/** Where a file runs: the first list that names it. */
const PLACES = {
  withoutRuns: WITHOUT_RUNS,
  sideBySide: SIDE_BY_SIDE,
  emptyingCaches: EMPTYING_CACHES,
  alone: [''],
} as const;

export type Groups = Readonly<Record<keyof typeof PLACES, readonly string[]>>;

/** `paths` are those of test files, relative to this folder, in any order. */
export const groupsOf = (paths: readonly string[]): Groups => {
  const left = new Set([...paths].sort());
  const taken = (start: string): readonly string[] => {
    const found = [...left].filter((path) => path.startsWith(start));
    for (const path of found) left.delete(path);
    return found;
  };
  return Object.fromEntries(
    Object.entries(PLACES).map(([place, starts]) => [place, starts.flatMap(taken)]),
  ) as unknown as Groups;
};
