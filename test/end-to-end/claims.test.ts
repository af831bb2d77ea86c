// The numbers of claims, checked against strace and against the images themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAnySource } from '../../harness/cli/sources.ts';
import { prepareImage } from '../../harness/store/prepare.ts';
import { unpackCommand } from '../../harness/store/unpack.ts';
import { findProgram } from '../../harness/sys/spawn.ts';
import { parseStraceSummary } from '../../harness/sys/strace.ts';
import { evidenceOf } from '../../report/claims/evidence.ts';
import { loadRun } from '../../results/gate/load.ts';
import { scenario as churnScale } from '../../scenarios/churn-scale.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { loadView } from '../report/support/load-view.ts';
import { diskFolder, okSamples, program } from './support.ts';

const SIZE = { local: 'files', size: 'certs' };

/** Calls that strace counts while every layer of the image is unpacked into an existing folder. */
const unpackedUnderStrace = async (home: string): Promise<number> => {
  const objectDir = join(home, 'objects');
  const dir = join(home, 'image');
  for (const folder of [objectDir, dir]) mkdirSync(folder);
  const source = await openAnySource(churnScale.source!(SIZE), home);
  const image = await prepareImage(source, { dir, objectDir });
  await source.close();
  return image.layers.reduce((sum, { tarPath }, number) => {
    const into = join(home, `layer-${number}`);
    const summary = join(home, `strace-${number}`);
    mkdirSync(into);
    execFileSync('strace', ['-f', '-c', '-o', summary, ...unpackCommand(tarPath, into)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const calls = parseStraceSummary(readFileSync(summary, 'utf8'));
    return sum + [...calls.values()].reduce((a, b) => a + b, 0);
  }, 0);
};

test('the calls of tar that C1 uses are within 1 % of those that strace counts', {
  skip: needsRoot || (findProgram('strace') === null && 'needs strace'),
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const { code, stderr } = await program(t, [
    ...['run', '--scenarios', 'churn,churn-scale', '--count-only', '--count-passes', '3'],
    ...['--backends', 'erofs-overlay,unpacked-overlay,hardlink-checkout'],
    ...['--images', 'fixture:debian-12-static', '--budget', '9m', '--out', out],
  ]);
  assert.equal(code, 0, stderr);
  const { run, tallied } = await loadRun(out);
  const evidence = evidenceOf(run, tallied);
  const [certs] = evidence.groups({ scenario: 'churn-scale', params: SIZE });
  const tar = evidence
    .calls(certs!, 'unpacked-overlay')
    .filter(({ phase, actor }) => phase === 'create' && actor === 'tar')
    .reduce((sum, { most }) => sum + most, 0);
  const seen = await unpackedUnderStrace(home);
  t.diagnostic(`calls of tar: ${tar} by the ledger, ${seen} by strace`);
  assert.ok(Math.abs(tar / seen - 1) < 0.01, `${tar} against ${seen}`);
  const { claims } = await loadView(out);
  assert.equal(claims.find(({ id }) => id === 'C1')!.verdict, 'supported');
  assert.equal(claims.find(({ id }) => id === 'C2')!.verdict, 'not asked', 'nothing was timed');
});

test('when the base is local only the top layer is unpacked and only its objects are written', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const { code, stderr } = await program(t, [
    ...['run', '--scenarios', 'churn-shared-base', '--backends', 'erofs-overlay,unpacked-overlay'],
    ...['--count-only', '--images', 'synthetic:files=60,layers=2,seed=1', '--budget', '9m', '--out', out],
  ]);
  assert.equal(code, 0, stderr);
  const sample = (backend: string) => okSamples(out).find((one) => one.backend === backend)!;
  const open = (spec: string) => openAnySource(spec, home);
  const whole = await open('synthetic:files=200,layers=3,seed=1');
  const base = await open('synthetic:files=200,layers=3,seed=1,upto=2');
  const top = whole.layers[2]!;
  // One tar process for the top layer, with a bounded number of calls for each of its entries.
  const tar = sample('unpacked-overlay').ledger!.create!['tar']!;
  assert.equal(tar['execve'], 1);
  assert.ok(Object.values(tar).reduce((a, b) => a + b, 0) < 20 * top.count + 400);
  const renames = sample('erofs-overlay').ledger!.ingest!['harness']!['rename']!;
  const { objects: before } = await prepared(base, join(home, 'base'));
  const { objects: after } = await prepared(whole, join(home, 'whole'));
  const known = new Set(before.map(({ digest }) => digest));
  assert.equal(renames, after.filter(({ digest }) => !known.has(digest)).length);
  // Collect removes as many objects as ingest added: the base stays.
  assert.equal(sample('erofs-overlay').ledger!.collect!['harness']!['unlink'], renames);
});

const prepared = async (source: Awaited<ReturnType<typeof openAnySource>>, dir: string) => {
  const objectDir = `${dir}-objects`;
  for (const folder of [dir, objectDir]) mkdirSync(folder);
  const image = await prepareImage(source, { dir, objectDir });
  await source.close();
  return image;
};

test('an update fetches exactly the objects and layers that the first version lacks', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const { code, stderr } = await program(t, [
    ...['run', '--scenarios', 'update', '--count-only', '--images', 'synthetic:files=60,layers=2,seed=1'],
    ...['--count-passes', '1', '--budget', '9m', '--out', out],
  ]);
  assert.equal(code, 0, stderr);
  const [one, two] = [
    await prepared(await openAnySource('fixture:debian-12-certs', home), join(home, 'one')),
    await prepared(await openAnySource('fixture:debian-12-certs-security', home), join(home, 'two')),
  ];
  const here = new Set(one.objects.map(({ digest }) => digest));
  const missing = two.objects.filter(({ digest }) => !here.has(digest));
  const layersHere = new Set(one.layers.map(({ id }) => id));
  const layers = two.layers.filter(({ id }) => !layersHere.has(id));
  const sizes = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const sample = (backend: string) => okSamples(out).find((each) => each.backend === backend)!.values;
  const perFile = sample('erofs-overlay');
  assert.equal(perFile['updateFetchCount'], missing.length);
  assert.equal(perFile['updateFileCount'], missing.length + 1);
  assert.equal(
    perFile['updateFetchBytes'],
    sizes(missing.map(({ sizeBytes }) => sizeBytes)) + two.manifest.length,
  );
  assert.equal(sample('unpacked-overlay')['updateFetchBytes'], sizes(layers.map(({ tarBytes }) => tarBytes)));
  // With one layer C15 cannot be decided.
  const c15 = (await loadView(out)).claims.find(({ id }) => id === 'C15')!;
  assert.equal(c15.verdict, 'undecided', c15.because);
});
