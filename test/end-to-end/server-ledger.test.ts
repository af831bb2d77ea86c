// The ledger of the FUSE server, compared call by call with strace for the same requests.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { serverPath } from '../../harness/native/paths.ts';
import { openBpfCounter } from '../../harness/sys/bpf-counter.ts';
import { runCommand } from '../../harness/sys/commands.ts';
import { openLog } from '../../harness/sys/logs.ts';
import { mounts } from '../../harness/sys/mounts.ts';
import { startServer } from '../../harness/sys/servers.ts';
import { findProgram } from '../../harness/sys/spawn.ts';
import { parseStraceSummary } from '../../harness/sys/strace.ts';
import { needsRoot, privateMounts, sampleImage } from '../harness/sys/support.ts';
import { afterwards, diskFolder } from './support.ts';

const LIMIT_MS = 60_000;
const RUNS = 3;
/** strace lists calls when they return; the thread that waits for signals never returns. */
const UNFINISHED = { rt_sigtimedwait: 1 };
const skip =
  needsRoot ||
  (existsSync(serverPath) ? false : 'needs the compiled server cfs-fuse') ||
  (findProgram('strace') === null ? 'needs strace' : false);

const sorted = (calls: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...calls].sort());

interface Served {
  readonly pid: number;
}

/** Starts the server, lists and reads twice, and stops it. */
const serve = async (
  t: TestContext,
  wrap: readonly string[],
  { image, objects, at }: ReturnType<typeof sampleImage>,
): Promise<Served> => {
  // A spinning server makes a number of calls that depends on time.
  const program = [serverPath, '--spin-us', '0', '--objects', objects];
  const argv = [...wrap, ...program, '--ready-fd', '{ready}', image, at];
  const server = startServer({ argv, log: openLog(), limitMs: LIMIT_MS });
  afterwards(t, () => {
    if (mounts.typeAt(at) !== null) mounts.unmount(at, true);
    server.close(LIMIT_MS);
  });
  for (const command of [
    ['ls', '-lR', at],
    ['cat', join(at, 'inline'), join(at, 'sub', 'object')],
  ])
    await runCommand(command);
  mounts.unmount(at);
  assert.ok(server.exited(LIMIT_MS));
  return { pid: server.pid };
};

describe('the ledger of cfs-fuse', { skip }, () => {
  before(() => privateMounts());

  test('equals strace -f -c call by call in three runs', async (t) => {
    const folder = diskFolder(t);
    const sample = sampleImage(folder);
    const file = join(folder, 'strace');
    await serve(t, ['strace', '-f', '-c', '-o', file, '--'], sample);
    const traced = sorted(parseStraceSummary(readFileSync(file, 'utf8')));
    assert.ok((traced['read'] ?? 0) > 5, 'requests were read');
    assert.equal(traced['rt_sigtimedwait'], undefined);
    for (let run = 0; run < RUNS; run++) {
      const counter = openBpfCounter();
      try {
        const { pid } = await serve(t, [], sample);
        const { main, otherThreads } = counter.snapshot().get(pid)!;
        const all = new Map(main);
        for (const [name, count] of otherThreads) all.set(name, (all.get(name) ?? 0) + count);
        assert.deepEqual(sorted(all), { ...traced, ...UNFINISHED });
      } finally {
        counter.close();
      }
    }
    t.diagnostic(JSON.stringify(traced));
  });
});
