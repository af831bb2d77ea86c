// Ways to time, count and observe.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { openBpfCounter } from '../bpf-counter.ts';
import { files, O_WRONLY } from '../files.ts';
import { makeMemoryGroup } from '../memory-group.ts';
import { pageFrames } from '../page-frames.ts';
import { residency } from '../residency.ts';
import { library, libraryPath } from '../timed.ts';
import {
  type FeatureGroup,
  type FeatureTest,
  installed,
  missing,
  TOOL_LIMIT_MS,
  toolLine,
} from './feature.ts';
import { asRoot, COMPILER, forRoot, packages } from './hints.ts';

const countsByBpf: FeatureTest = () => {
  const counter = openBpfCounter();
  try {
    const { pid } = spawnSync(installed('true'), { timeout: TOOL_LIMIT_MS, killSignal: 'SIGKILL' });
    const execs = counter.snapshot().get(pid)?.main.get('execve') ?? 0;
    return execs === 1 ? 'counts system calls' : missing(`counted ${execs} execve calls instead of one`);
  } finally {
    counter.close();
  }
};

const readsFrames: FeatureTest = ({ imagePath }) => {
  const { frames, pages } = pageFrames(imagePath);
  return frames.some((frame) => frame > 0)
    ? `${frames.length} of ${pages} pages of a test file have a frame number`
    : missing('every frame number reads as zero');
};

export const measuring: FeatureGroup<
  | 'timed-calls'
  | 'bpf-ledger'
  | 'strace'
  | 'drop-caches'
  | 'residency'
  | 'page-frames'
  | 'memory-group'
  | 'gnu-time'
> = {
  'timed-calls': {
    test: () => (library === null ? missing('not built, or disabled by CFSBENCH_WINDOW') : libraryPath),
    hint: () => COMPILER,
  },
  'bpf-ledger': {
    test: countsByBpf,
    hint: forRoot(
      'the kernel needs CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS, and no lockdown (cat /sys/kernel/security/lockdown)',
    ),
  },
  strace: {
    test() {
      toolLine('strace', '-f', '-c', '-o', '/dev/null', 'true');
      return installed('strace');
    },
    hint: () => packages('strace'),
  },
  'drop-caches': {
    test() {
      // Opening shows the permission; writing would drop the caches.
      files.close(files.open('/proc/sys/vm/drop_caches', O_WRONLY));
      return '/proc/sys/vm/drop_caches is writable';
    },
    hint: asRoot,
  },
  residency: {
    test({ imagePath }) {
      const { residentPages, pages } = residency(imagePath);
      return `${residentPages} of ${pages} pages of a test file are cached`;
    },
    hint: () => 'run as the owner of the work folder',
  },
  'page-frames': { test: readsFrames, hint: asRoot },
  'memory-group': {
    test() {
      const group = makeMemoryGroup();
      const { members } = group;
      group.remove();
      return `made a group: ${dirname(members)}`;
    },
    hint: forRoot('mount a cgroup file system with a memory controller that this process may write to'),
  },
  'gnu-time': {
    test: () =>
      /^\d+$/.test(toolLine('time', '-f', '%M', 'true')) ? installed('time') : missing('not GNU time'),
    hint: () => `${packages('time')} (GNU time); without it the scenario build reports no peak memory`,
  },
};
