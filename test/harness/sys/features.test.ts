import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeImage } from '../../../harness/erofs/probe-image.ts';
import { findFeatures } from '../../../harness/sys/features/find.ts';
import { isBelow, readMounts } from '../../../harness/sys/mountinfo.ts';
import { probeNamespaces } from '../../../harness/sys/namespace-probe.ts';
import { eventually, processesWith } from '../../end-to-end/support.ts';
import { needsRoot, temporaryFolder } from './support.ts';

const LIMIT_MS = 60_000;

test('every missing feature has a hint, and the search leaves no file and no mount', async (t) => {
  const folder = temporaryFolder(t);
  const from = Date.now();
  const features = await findFeatures({
    workDir: join(folder, 'does', 'not', 'exist'),
    imageBytes: probeImage(),
    serverPath: join(folder, 'no-server'),
  });
  t.diagnostic(`${Date.now() - from} ms`);
  assert.deepEqual(readdirSync(folder), []);
  assert.deepEqual(
    readMounts().filter(({ at }) => isBelow(at, folder)),
    [],
  );
  for (const [id, { ok, detail, hint }] of Object.entries(features)) {
    assert.notEqual(detail, '', id);
    assert.equal(hint === '', ok, id);
  }
  assert.equal(features['cfs-fuse'].ok, false);
  assert.match(features['cfs-fuse'].hint, /npm run build/);
});

test('root in the initial user namespace is detected', { skip: needsRoot }, async (t) => {
  const workDir = temporaryFolder(t);
  const features = await findFeatures({ workDir, imageBytes: probeImage(), serverPath: '/bin/true' });
  assert.equal(features.root.ok, true);
  assert.equal(features['cfs-fuse'].ok, true);
  assert.equal(features['mount-namespace'].ok, true);
});

test('an ostree built without composefs lacks it, although it knows the option', async (t) => {
  const workDir = temporaryFolder(t);
  const before = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = `${workDir}:${before}`;
  const hasIt = async (feature: string): Promise<boolean> => {
    const says = `libostree:\n Version: '2025.2'\n Features:\n  - ex-fsverity\n  - ${feature}\n`;
    const script = `#!/bin/sh\ncat <<'END'\n${says}  --composefs-noverity\nEND\n`;
    writeFileSync(join(workDir, 'ostree'), script, { mode: 0o755 });
    const found = await findFeatures({ workDir, imageBytes: probeImage(), serverPath: '/bin/true' });
    return found['ostree-composefs'].ok;
  };
  if ((await probeNamespaces()).kind === 'refused') return t.skip('no private namespace');
  assert.equal(await hasIt('selinux'), false);
  assert.equal(await hasIt('composefs'), true);
});

test('the probe of namespaces gives a command, or a reason with a hint', async () => {
  const found = await probeNamespaces();
  if (found.kind === 'possible') assert.ok(found.prefix.includes('--kill-child'));
  else assert.ok(found.reason !== '' && found.hint !== '');
});

test('a search whose process is killed ends with one sentence, and leaves no file', {
  skip: needsRoot,
}, async (t) => {
  const workDir = temporaryFolder(t);
  const searching = findFeatures({ workDir, imageBytes: probeImage(), serverPath: '/bin/true' });
  const killed = assert.rejects(searching, {
    message: 'cannot try the features of this machine',
    facts: ['the process that tries them was killed by SIGKILL'],
  });
  const inside = (): number | undefined =>
    processesWith(workDir).find(({ words }) => words[0] === process.execPath)?.pid;
  process.kill(await eventually('the search', LIMIT_MS, inside), 'SIGKILL');
  await killed;
  assert.deepEqual(readdirSync(workDir), []);
});
