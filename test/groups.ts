// Which test files may run beside each other. What is not named here runs alone, after them.

/**
 * Beginnings of paths below this folder. They neither measure time, nor count what belongs to the whole machine (inodes,
 * frames, kernel warnings), nor do they disturb whoever does: no emptied caches, no busy loops. Dear ones first: a long one at
 * the end would leave the other CPUs idle.
 */
export const SIDE_BY_SIDE: readonly string[] = [
  'end-to-end/rootless',
  'end-to-end/large-image',
  'end-to-end/killed',
  'end-to-end/resume',
  'end-to-end/gate',
  'end-to-end/claims',
  'end-to-end/difficult-path',
  'end-to-end/variants',
  'end-to-end/leaks',
  'end-to-end/report-anywhere',
  'end-to-end/counts',
  'end-to-end/fsck',
  'daemon/damaged',
  'daemon/tree',
  'daemon/build',
  'daemon/contents',
  'harness/cli/',
  'harness/erofs/',
  'harness/digest/',
  'harness/images/',
  'harness/model/',
  'harness/runner/',
  'harness/store/',
  'project/',
  'report/',
  'results/',
  'scenarios/',
];

export interface Groups {
  readonly sideBySide: readonly string[];
  readonly alone: readonly string[];
}

/** `paths` are those of test files, relative to this folder, in any order. */
export const groupsOf = (paths: readonly string[]): Groups => {
  const sorted = [...paths].sort();
  const sideBySide = [
    ...new Set(SIDE_BY_SIDE.flatMap((start) => sorted.filter((path) => path.startsWith(start)))),
  ];
  return { sideBySide, alone: sorted.filter((path) => !sideBySide.includes(path)) };
};
