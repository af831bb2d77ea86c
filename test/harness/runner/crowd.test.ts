import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Backend } from '../../../harness/model/backend.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { Features } from '../../../harness/model/machine.ts';
import { type OpenCrowd, openCrowd } from '../../../harness/runner/crowd.ts';
import { temporaryFolder, until } from '../sys/support.ts';

const MEMBERS = 3;
const image = { layers: [], bareManifest: () => new Uint8Array() } as unknown as Image;

const dirsBelow = (home: string): readonly string[] =>
  Array.from({ length: MEMBERS }, (_, i) => join(home, `member-${i}`));

const open = (t: TestContext, id: string, home = temporaryFolder(t)): Promise<OpenCrowd> =>
  openCrowd({
    entry: new URL('./crowd-entry.js', import.meta.url),
    arm: { id, backend: { id } as Backend, options: {} },
    image,
    features: {} as Features,
    local: 'nothing',
    fullDir: home,
    scratch: home,
    workDir: home,
    limitMs: () => 1000,
    abort() {},
    dirs: dirsBelow(home),
  });

test('every thread gets its command before the first replies', async (t) => {
  const crowd = await open(t, 'meets');
  await crowd.up();
  await crowd.down();
  await crowd.end();
});

test('no member goes down in a rehearsal before all members are up', async (t) => {
  const crowd = await open(t, 'rehearses');
  await crowd.end();
});

test('members repeat lives until they are stopped, and stop returns the times of all lives', async (t) => {
  const home = temporaryFolder(t);
  const crowd = await open(t, 'lives', home);
  const living = crowd.live();
  const untilLivedTwice = () =>
    until('every member has lived twice', () =>
      dirsBelow(home).every((dir) => existsSync(join(dir, 'lived'))),
    );
  await untilLivedTwice();
  const lives = await living.stop();
  assert.ok(lives.length > MEMBERS, `${lives.length}`);
  assert.equal(lives.filter(({ startedNs }) => startedNs === 0).length, MEMBERS);
  assert.ok(lives.every(({ startedNs, readyNs }) => readyNs > startedNs));
  for (const dir of dirsBelow(home)) rmSync(join(dir, 'lived'));
  const again = crowd.live();
  await untilLivedTwice();
  assert.ok((await again.stop()).length > MEMBERS);
  await crowd.end();
  const failing = await open(t, 'refuses-later');
  await assert.rejects(failing.live().stop(), { message: 'no room' });
  await failing.end();
});

test('an error of a thread keeps its message and code', async (t) => {
  await assert.rejects(open(t, 'refuses'), { name: 'UserError', message: 'no room', code: 'ENOSPC' });
});

test('a thread that throws or exits fails the call, not the process, and is not waited for', async (t) => {
  await assert.rejects(open(t, 'throws'), /a thread of the crowd failed: this thread has a bug/);
  const crowd = await open(t, 'dies');
  await assert.rejects(crowd.up(), /a thread of the crowd ended/);
  await crowd.end();
});
