// Requests per walk. They are equal on all machines, so the limits are exact.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { besideNeighbours } from '../neighbours.ts';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import { type Lab, newLab, noServer, notRoot, whileServed } from './support.ts';

const skip = notRoot || noServer;
const PASSES = 5;
const [READLINK, GETXATTR, LISTXATTR, READDIRPLUS] = [5, 22, 23, 44] as const;

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => lab.remove());

interface WalkRequests {
  /** By opcode, one array per pass. */
  readonly passes: readonly (readonly number[])[];
}

/** Runs a command five times on one mount and counts the requests of each pass. */
const walk = async (image: string, words: readonly string[]): Promise<WalkRequests> => {
  const stats = lab.file('stats', '');
  truncateSync(stats, 4096);
  const counts = (): number[] =>
    [...new BigUint64Array(new Uint8Array(readFileSync(stats)).buffer)].map(Number);
  const passes: number[][] = [];
  await whileServed(
    lab,
    image,
    async ({ root }) => {
      for (let pass = 0; pass < PASSES; pass++) {
        const before = counts();
        const ran = spawnSync(words[0] ?? '', [...words.slice(1), root], {
          stdio: 'ignore',
          timeout: 60_000,
        });
        assert.equal(ran.status, 0);
        passes.push(counts().map((count, opcode) => count - (before[opcode] ?? 0)));
      }
    },
    ['--stats', stats],
  );
  return { passes };
};

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
/** The minimum of several passes, because the kernel may drop a cached page now and then. */
const least = ({ passes }: WalkRequests): number => Math.min(...passes.slice(1).map(sum));

const FOLDERS = 30;
const small = dumpOf([
  rootLine,
  ...Array.from({ length: FOLDERS }, (_, i) => [
    line(`/d${i}`, '40755', { nlink: 2 }),
    line(`/d${i}/file`, '100644', { content: 'x' }),
    line(`/d${i}/link`, '120777', { payload: `target${i}` }),
  ]).flat(),
]);

test(
  'a first walk sends two requests per directory and one per link, later walks only attribute requests',
  {
    skip,
  },
  (t) =>
    besideNeighbours(t, 'the caches', async () => {
      const walked = await walk(lab.image('small.cfs', small), ['ls', '-lR']);
      const first = walked.passes[0] ?? [];
      assert.equal(first[READDIRPLUS], 2 * (FOLDERS + 1));
      assert.equal(first[READLINK], FOLDERS);
      // ls of coreutils 9.6 and later lists attributes; older ones ask for each that they know.
      for (const pass of walked.passes.slice(1))
        assert.equal(sum(pass), (pass[GETXATTR] ?? 0) + (pass[LISTXATTR] ?? 0));
    }),
);

test('a second `find` sends at most one STATFS, a second `ls -R` nothing', { skip }, (t) =>
  besideNeighbours(t, 'the caches', async () => {
    assert.ok(least(await walk(lab.image('small.cfs', small), ['find'])) <= 1);
    assert.equal(least(await walk(lab.image('small.cfs', small), ['ls', '-R'])), 0);
  }),
);

test('a walk of a distribution image sends no more requests than recorded', (context) => {
  const fixtures = process.env['CFSBENCH_FIXTURES'];
  const dump = fixtures === undefined ? null : join(fixtures, 'cs9-x86_64-minimal.dump.gz');
  if (skip !== false) return context.skip(skip);
  if (dump === null || !existsSync(dump))
    return context.skip('CFSBENCH_FIXTURES does not name the folder of fixtures');
  const image = lab.image('cs9.cfs', gunzipSync(readFileSync(dump)).toString('latin1'));
  return besideNeighbours(context, 'the caches', async () => {
    const listed = await walk(image, ['ls', '-lR']);
    assert.ok(sum(listed.passes[0] ?? []) <= 52_700, `first ls -lR: ${sum(listed.passes[0] ?? [])}`);
    assert.ok(least(listed) <= 20_638 + 10, `second ls -lR: ${least(listed)}`);
    const found = await walk(image, ['find']);
    assert.ok(sum(found.passes[0] ?? []) <= 8_130, `first find: ${sum(found.passes[0] ?? [])}`);
    assert.ok(least(found) <= 1, `second find: ${least(found)}`);
  });
});
