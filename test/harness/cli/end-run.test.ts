// How the outer process ends a run whose inner process has not recorded its end.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { endRun, type OuterRun } from '../../../harness/cli/end-run.ts';
import type { InnerEnd } from '../../../harness/sys/namespace.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';

const outerRun = (t: TestContext, recorded: Partial<RunFile>): OuterRun => {
  const home = temporaryFolder(t);
  const [runDir, workDir] = [join(home, 'run'), join(home, 'work')];
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  storeRun(runDir, { run: { ...run, status: 'running', ...recorded }, samples: samples.slice(0, 1) });
  const work = makeWork(workDir);
  t.after(() => work.close());
  const folders = { id: 'id', runDir, workDir };
  return { folders, work, startedNs: 0n, earlierNs: 0, keepWork: true, session: 0 };
};

interface Ended {
  readonly code: number | null;
  readonly error: unknown;
  readonly said: string;
  readonly status: RunFile['status'];
}

const ended = async (t: TestContext, run: OuterRun, end: InnerEnd): Promise<Ended> => {
  let said = '';
  const write = t.mock.method(process.stderr, 'write', (text: string) => {
    said += text;
    return true;
  });
  const attended = { end, interruptedAt: null, again: false, shown: false };
  const [result] = await Promise.allSettled([endRun(attended, run)]);
  write.mock.restore();
  const { status } = JSON.parse(readFileSync(join(run.folders.runDir, 'run.json'), 'utf8')) as RunFile;
  return {
    code: result.status === 'fulfilled' ? result.value : null,
    error: result.status === 'rejected' ? result.reason : null,
    ...{ said, status },
  };
};

const KILLED = { kind: 'killed', what: 'the measuring process was killed by somebody' } as const;

test('a kill is named, also if it cannot be recorded', async (t) => {
  const run = outerRun(t, {});
  const { runDir } = run.folders;
  const journal = join(runDir, 'samples.ndjson');
  rmSync(journal);
  mkdirSync(journal);
  const { error, said } = await ended(t, run, KILLED);
  assert.ok(said.startsWith('cfsbench: ') && said.includes(journal), said);
  const { message, exit, hint } = error as Record<string, unknown>;
  assert.deepEqual([message, exit, hint], [KILLED.what, 7, `cfsbench run --resume ${runDir}`]);
});

test('a run that ended by an error before it recorded its end can be resumed, and says so', async (t) => {
  const run = outerRun(t, {});
  const { runDir } = run.folders;
  const { code, said, status } = await ended(t, run, { kind: 'exited', code: 1 });
  assert.deepEqual([code, status], [1, 'interrupted']);
  assert.equal(
    said,
    `to render the report: cfsbench report ${runDir}\nto measure the rest: cfsbench run --resume ${runDir}\n`,
  );
});

test('a run that has recorded its end, and a refused resume of a killed run, stay as they are', async (t) => {
  const failed = await ended(t, outerRun(t, { status: 'failed' }), { kind: 'exited', code: 5 });
  assert.deepEqual([failed.status, failed.said], ['failed', '']);
  const refused = await ended(t, { ...outerRun(t, {}), session: 1 }, { kind: 'exited', code: 4 });
  assert.deepEqual([refused.code, refused.status, refused.said], [4, 'running', '']);
});
