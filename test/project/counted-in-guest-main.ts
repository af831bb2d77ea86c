// Counts calls under load in a guest: many processes on few emulated CPUs, which the kernel preempts at any moment. From 7.0 on it does not
// run a BPF program for other tasks while one is preempted in it.
//
// Usage:  node build/test/project/counted-in-guest-main.js [KERNEL…]. KERNEL is that of `cfsbench vm --kernel`, by default deb:7.2.
// Prints: how often the kernel did not run the first program, and that no count is missing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCache } from '../../harness/vm/cache.ts';
import { runInGuest } from '../../harness/vm/guest.ts';
import { openGuestProgram } from '../../harness/vm/guest-program.ts';
import { GUEST_OUT, GUEST_PROGRAM } from '../../harness/vm/guest-scripts.ts';
import { openGuestTree } from '../../harness/vm/guest-tree.ts';
import { openKernel } from '../../harness/vm/kernel.ts';

const LIMIT_MS = 1_800_000;
const MEMORY_MB = 1024;
/** Of each kind, at the same time. */
const PROCESSES = 2;
const ROUNDS = 3000;
const STARTS = 100;
/** Of a program with many threads. */
const THREADED_STARTS = 6;
const LOG = 'log';
const RESULT = 'result.json';

/** Runs in the guest. Every process opens as many files as its equals. */
const COUNTING = `
import { writeFileSync } from 'node:fs';
import { openBpfCounter } from '${GUEST_PROGRAM}/build/harness/sys/bpf-counter.js';
import { runCommand } from '${GUEST_PROGRAM}/build/harness/sys/commands.js';

const loop = 'i=0; while [ $i -lt ${ROUNDS} ]; do : </dev/null; i=$((i+1)); done';
const start = 'i=0; while [ $i -lt ${STARTS} ]; do /bin/true; i=$((i+1)); done';
const counter = openBpfCounter();
const loops = [];
const others = [];
const run = (argv, into) => runCommand(argv, { onSpawn: (pid) => into.push(pid) });
const threaded = async () => {
  for (let i = 0; i < ${THREADED_STARTS}; i++) await run([process.execPath, '-e', '0'], others);
};
await Promise.all(
  Array.from({ length: ${PROCESSES} }, () => [run(['sh', '-c', loop], loops), run(['sh', '-c', start], others), threaded()]).flat(),
);
let lost = null;
let seen = new Map();
try {
  seen = counter.snapshot();
} catch (error) {
  lost = error.facts;
}
const opened = (pid) => seen.get(pid)?.main.get('openat') ?? 0;
const isStarted = (pid) => !loops.includes(pid) && !others.includes(pid) && seen.get(pid).main.get('execve') === 1;
writeFileSync('${GUEST_OUT}/${RESULT}', JSON.stringify({
  lost,
  skips: counter.skips(),
  loops: loops.map(opened),
  starts: [...seen.keys()].filter(isStarted).map(opened),
}));
counter.close();
`;

interface Counted {
  readonly lost: readonly string[] | null;
  readonly skips: {
    readonly skippedCount: number;
    readonly caughtCount: number;
    readonly execCounts: readonly number[];
  };
  readonly loops: readonly number[];
  readonly starts: readonly number[];
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const kernels = process.argv.slice(2);
const cache = openCache();
try {
  const tree = await openGuestTree(cache, say);
  const program = await openGuestProgram(cache);
  for (const from of kernels.length > 0 ? kernels : ['deb:7.2']) {
    const kernel = await openKernel({ from, modules: null }, { cache, busybox: tree.busybox, say });
    const command = `(
cat >/run/counting.mjs <<'END'
${COUNTING}
END
${GUEST_PROGRAM}/node /run/counting.mjs >${GUEST_OUT}/${LOG}
)`;
    const { exit, folder } = await runInGuest({
      ...{ cache, tree, program, kernel, command, say, onLine: say },
      ...{ environment: () => ({}), memoryMb: MEMORY_MB, limitMs: LIMIT_MS },
    });
    assert.equal(exit, 0, readFileSync(join(folder, LOG), 'utf8'));
    const counted = JSON.parse(readFileSync(join(folder, RESULT), 'utf8')) as Counted;
    say(JSON.stringify(counted));
    assert.equal(counted.lost, null);
    assert.equal(new Set(counted.loops).size, 1, `${counted.loops}`);
    assert.ok(counted.loops[0]! >= ROUNDS);
    assert.equal(counted.starts.length, STARTS * PROCESSES);
    assert.equal(new Set(counted.starts).size, 1, `${counted.starts}`);
    const { skippedCount, execCounts } = counted.skips;
    process.stdout.write(
      `${kernel.name}: the first programs were skipped for ${skippedCount} calls and ${execCounts[0]} starts; all were counted\n`,
    );
  }
} finally {
  cache.close();
}
