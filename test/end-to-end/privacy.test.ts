// What a run publishes names no host, home, user or path of the machine, whatever was typed and whatever failed.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PRIVATE_FILE } from '../../harness/cli/private-file.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { reportFormats } from '../../report/formats/registry.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, PROGRAM, program, readRun, readSamples, start } from './support.ts';

/** Part of the host name, of the user's name, and of every path; never a path's last name, which is published. */
const SECRET = 'geheim';

/** In a UTS namespace with a host name of its own. */
const AS_HOST = [
  ...['unshare', '--uts', 'sh', '-ec'],
  'echo "$1" >/proc/sys/kernel/hostname; cd "$2"; shift 2; exec "$@"',
  ...['sh', `${SECRET}-host`],
];

/** Serves the proof and one slot, then fails. */
const failingServer = (home: string): string =>
  [
    '#!/bin/sh',
    `case "$*" in *--version*) exec ${serverPath} --version ;; esac`,
    `echo >>${home}/starts`,
    `if [ $(wc -l <${home}/starts) -gt 2 ]; then echo "cannot read ${home}/x of $USER" >&2; exit 1; fi`,
    `exec ${serverPath} "$@"\n`,
  ].join('\n');

test('results and reports hold no host name, home, user or path of the machine', {
  skip: needsRoot,
}, async (t) => {
  const disk = diskFolder(t);
  const home = join(disk, SECRET);
  const of = (name: string): string => join(home, name);
  for (const name of ['checkout', 'work', 'rootfs']) mkdirSync(of(name), { recursive: true });
  writeFileSync(of('rootfs/file'), 'contents');
  writeFileSync(of('cfs-fuse'), failingServer(home), { mode: 0o755 });
  const arms = `unpacked-overlay,composefs-fuse@server=${of('cfs-fuse')}`;
  const out = of('results');
  const { code, stderr } = await start(
    t,
    [
      ...[...AS_HOST, of('checkout'), process.execPath, PROGRAM, 'run', '--backends', arms],
      ...['--images', `dir:${of('rootfs')}`, '--scenarios', 'walk-warm', '--placement', 'free'],
      ...['--count-only', '--count-passes', '2', '--work', of('work'), '--out', out],
    ],
    { HOME: home, USER: `${SECRET}-user`, SUDO_USER: `${SECRET}-user` },
  ).done;
  assert.equal(code, 5, stderr);
  const failed = readSamples(out).filter(({ outcome }) => outcome === 'failed');
  assert.equal(failed.length, 1);
  assert.match(JSON.stringify(failed), /cannot read ~\/x of /);

  const { host, id, plan, images, commandLine, asked } = readRun(out);
  assert.match(host, /^machine-[0-9a-f]{6}$/);
  assert.ok(id.includes(host), id);
  assert.deepEqual([...plan.arms].sort(), ['composefs-fuse@server=cfs-fuse', 'unpacked-overlay']);
  assert.equal(images[0]!.source, 'dir:rootfs');
  for (const word of ['dir:rootfs', 'results', 'work']) assert.ok(commandLine.includes(word), word);
  assert.deepEqual([asked!.cwd, asked!.options['out']], [undefined, 'results']);

  const formats = reportFormats.map(({ id: format }) => format);
  const reports = join(disk, 'reports');
  const report = await program(t, ['report', out, '--format', formats.join(), '--out', reports]);
  assert.equal(report.code, 0, report.stderr);
  assert.equal(readdirSync(reports).length, formats.length);
  for (const folder of [out, reports])
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8');
      const found = new RegExp(`.{60}${SECRET}.{60}`).exec(text);
      assert.equal(text.includes(SECRET), name === PRIVATE_FILE, `${name}: ${found}`);
    }
  assert.equal(statSync(join(out, PRIVATE_FILE)).mode & 0o777, 0o600);
  assert.deepEqual(leftOf(disk), []);
});
