// Which test files may run side by side. A file that no list names runs alone, after all others.

/**
 * Beginnings of paths below this folder, as in all lists here, slow files first, and those that wait for limits. These files depend on no time, no cache and no state of the
 * whole machine (inodes, frames, kernel warnings), and disturb none: they drop no caches and keep no CPU busy.
 *
 * They start no run. A run copies every mount of the machine into its own namespace until it ends, and the server of such a mount
 * cannot end before: its test would wait for the run.
 */
export const WITHOUT_RUNS: readonly string[] = [
  'harness/sys/sanitizers',
  'harness/sys/batch-files',
  'harness/images/bombs',
  'harness/vm/fake-guest',
  'harness/vm/guest',
  'harness/inspect/',
  'harness/remote/',
  'harness/sys/environment',
  'harness/sys/tool',
  'daemon/tree',
  'daemon/requests',
  'daemon/life',
  'daemon/shared-server',
  'daemon/verity',
  'worlds/',
  'results/',
  'harness/erofs/',
  'report/',
  'daemon/damaged',
  'daemon/build',
  'daemon/delay',
  'daemon/contents',
  'daemon/nodev',
  'daemon/messages',
  'daemon/full-disk',
  'daemon/refused',
  'harness/backends/',
  'harness/digest/',
  'harness/images/',
  'harness/model/',
  'harness/micro/',
  'harness/probes/disk',
  'harness/probes/readings',
  'harness/probes/syscalls',
  'harness/probes/timeline-steps',
  'harness/probes/wall',
  'harness/properties/',
  'harness/runner/',
  'harness/store/',
  'harness/sys/bpf-recorder',
  'harness/sys/c-struct',
  'harness/sys/commands',
  'harness/sys/features',
  'harness/sys/file-systems',
  'harness/sys/call-list',
  'harness/sys/deep-trees',
  'harness/sys/files',
  'harness/sys/give-back',
  'harness/sys/journal',
  'harness/sys/kernel-memory',
  'harness/sys/libc',
  'harness/sys/logs',
  'harness/sys/machine-label',
  'harness/sys/mapper-devices',
  'harness/sys/marked-folder',
  'harness/sys/memory-group',
  'harness/sys/run-locks',
  'harness/sys/mountinfo',
  'harness/sys/namespace',
  'harness/sys/old-kernels',
  'harness/sys/own-thread',
  'harness/sys/recorder',
  'harness/sys/listed-verity',
  'harness/sys/start-calls',
  'harness/sys/request-child',
  'harness/sys/reused-id',
  'harness/sys/servers',
  'harness/sys/strace',
  'harness/sys/syscall-names',
  'harness/sys/workers',
  'harness/sys/xattrs',
  'harness/vm/',
  'scenarios/',
  'mutants/',
  'torture/',
  'end-to-end/server-ledger',
];

/** The same for files that start runs, or are not disturbed by them. */
export const SIDE_BY_SIDE: readonly string[] = [
  'end-to-end/resume',
  'end-to-end/containers',
  'end-to-end/large-image',
  'end-to-end/rootless',
  'end-to-end/pull',
  'end-to-end/micro',
  'end-to-end/killed',
  'end-to-end/interrupted',
  'end-to-end/folders',
  'end-to-end/gate',
  'end-to-end/claims',
  'end-to-end/variants',
  'end-to-end/pool',
  'end-to-end/parallel',
  'end-to-end/privacy',
  'end-to-end/difficult-path',
  'end-to-end/leaks',
  'end-to-end/faults',
  'end-to-end/report-anywhere',
  'harness/cli/',
  'end-to-end/churn-fresh',
  'end-to-end/build',
  'end-to-end/debug',
  'end-to-end/counts',
  'end-to-end/fsck',
  'harness/sys/affinity',
  'project/',
];

/** These files drop the caches of the whole machine, so they run one at a time. They mostly wait for the disk. */
export const DROPPING_CACHES: readonly string[] = [
  'end-to-end/walks',
  'end-to-end/many-images',
  'end-to-end/sharing',
  'end-to-end/enforced',
  'end-to-end/planted',
  'end-to-end/cold-stage',
  'harness/runner/warm-sources',
];

/**
 * These files start runs, or watch what the whole machine shares, and mind neither other work on the CPUs nor mounts of others. They run
 * one at a time, beside those that show pages.
 */
export const WATCHING: readonly string[] = [
  'end-to-end/run',
  'end-to-end/mounts',
  'end-to-end/cleanup',
  'daemon/variants',
  'daemon/abort',
  'harness/sys/leaks',
  'harness/sys/mounts',
];

/** These files show pages in a browser: no mounts, no runs, no caches of a disk. */
export const SHOWING_PAGES: readonly string[] = ['report/html/'];

/** A file belongs to the first list that names it: those of single files stand before those of folders. */
const LISTS = {
  showingPages: SHOWING_PAGES,
  droppingCaches: DROPPING_CACHES,
  withoutRuns: WITHOUT_RUNS,
  sideBySide: SIDE_BY_SIDE,
  watching: WATCHING,
  alone: [''],
} as const;

export type Schedule = Readonly<Record<keyof typeof LISTS, readonly string[]>>;

/** `paths`: test files, relative to this folder, in any order. */
export const scheduleOf = (paths: readonly string[]): Schedule => {
  const left = new Set([...paths].sort());
  const take = (start: string): readonly string[] => {
    const found = [...left].filter((path) => path.startsWith(start));
    for (const path of found) left.delete(path);
    return found;
  };
  return Object.fromEntries(
    Object.entries(LISTS).map(([list, starts]) => [list, starts.flatMap(take)]),
  ) as unknown as Schedule;
};
