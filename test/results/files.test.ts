// Files that others may have made: what is refused, at once and in one sentence; and the replacement of files.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder, openForAppend, openRegular, readRegular, removeEmpty } from '../../results/files.ts';
import { openJournal } from '../../results/journal.ts';
import { removeTemporaries, replaceFile, replaceWith } from '../../results/write-file.ts';
import { exampleRun } from '../report/support/example.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-files-'));
after(() => rmSync(root, { recursive: true }));

const file = join(root, 'file');
const link = join(root, 'link');
const fifo = join(root, 'fifo');
const loop = join(root, 'loop');
const long = join(root, 'x'.repeat(300));
writeFileSync(file, 'contents');
symlinkSync(file, link);
symlinkSync(loop, loop);
execFileSync('mkfifo', [fifo]);
const before = readdirSync(root).sort();

/** The error of `work`: one sentence that names `path`. */
const sentence = (path: string, work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'ResultsError', String(error));
    assert.ok(error.message.includes(path), error.message);
    return error.message.replace(path, 'PATH');
  }
  return assert.fail(`${path} was accepted`);
};

const REFUSED: readonly (readonly [path: string, reason: string])[] = [
  [join(root, 'none'), 'no such file or folder'],
  [join(file, 'below'), 'a part of the path is not a folder'],
  [root, 'it is a folder, not a regular file'],
  [fifo, 'it is a fifo, not a regular file'],
  ['/dev/zero', 'it is a device, not a regular file'],
  [long, 'the name is too long'],
];

test('a file of a foreign folder must be a regular file and no link', () => {
  for (const [path, reason] of [...REFUSED, [link, 'it is a symbolic link, not a regular file'] as const])
    assert.equal(
      sentence(path, () => openRegular(path)),
      `cannot read PATH: ${reason}`,
    );
  assert.equal(readRegular(file, { mostBytes: 8 }).toString(), 'contents');
});

test('a file that the user named may be a link to a regular file', () => {
  for (const [path, reason] of [...REFUSED, [loop, 'too many symbolic links'] as const])
    assert.equal(
      sentence(path, () => openRegular(path, { mayBeLink: true })),
      `cannot read PATH: ${reason}`,
    );
  assert.equal(readRegular(link, { mostBytes: 8, mayBeLink: true }).toString(), 'contents');
});

test('a file above the limit is not read', () => {
  assert.equal(
    sentence(file, () => readRegular(file, { mostBytes: 7 })),
    'cannot read PATH: it is too large',
  );
  const sparse = join(root, 'sparse');
  writeFileSync(sparse, '');
  truncateSync(sparse, 2 ** 40);
  assert.throws(() => readRegular(sparse, { mostBytes: 2 ** 20 }), {
    code: 'too-large',
    facts: [`size: ${2 ** 40} bytes`, `limit: ${2 ** 20} bytes`],
  });
  rmSync(sparse);
});

test('a journal is not appended to through a link, and opening it never waits', () => {
  for (const path of [link, fifo, root, loop])
    assert.match(
      sentence(path, () => openForAppend(path)),
      /^cannot write PATH: it is a/,
    );
  const { fd, sizeBytes } = openForAppend(file);
  closeSync(fd);
  assert.equal(sizeBytes, 8);
});

test('a link under the name of a file of the run folder is replaced, not followed', async () => {
  const folder = join(root, 'run');
  const victim = join(root, 'victim');
  mkdirSync(folder);
  writeFileSync(victim, 'precious');
  for (const name of ['run.json', 'run.json.new', '.run.json.new', 'report.html'])
    symlinkSync(victim, join(folder, name));
  const journal = openJournal(folder);
  journal.writeRun(exampleRun({ blocks: 1, countPasses: 0, images: ['one'] }).run);
  journal.close();
  await replaceWith(join(folder, 'report.html'), ['a', 'b']);
  assert.equal(readFileSync(victim, 'utf8'), 'precious');
  assert.equal(readFileSync(join(folder, 'report.html'), 'utf8'), 'ab');
  assert.equal(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).schema, 1);
  for (const path of [folder, victim]) rmSync(path, { recursive: true });
});

test('a failed replacement leaves the old file and nothing else', async () => {
  const pieces = function* (): Generator<string> {
    yield 'x'.repeat(200_000);
    throw new Error('no more');
  };
  await assert.rejects(replaceWith(file, pieces()), { message: 'no more' });
  assert.equal(readFileSync(file, 'utf8'), 'contents');
  assert.match(
    sentence(root, () => replaceFile(root, 'x')),
    /it is a folder, not a file$/,
  );
  assert.match(
    sentence(join(root, 'none', 'x'), () => replaceFile(join(root, 'none', 'x'), 'x')),
    /its folder does not exist$/,
  );
  assert.deepEqual(readdirSync(root).sort(), before);
});

test('a new file gets the given mode, and unfinished files of a killed process are removed', () => {
  const folder = join(root, 'own');
  mkdirSync(folder);
  replaceFile(join(folder, 'a'), 'x', 0o600);
  assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o600);
  writeFileSync(join(folder, '.cfsbench-new-0123456789abcdef'), 'torn');
  removeTemporaries(folder);
  assert.deepEqual(readdirSync(folder), ['a']);
  rmSync(folder, { recursive: true });
});

test('an exit in the middle of a replacement removes the new file', () => {
  const folder = join(root, 'cut');
  mkdirSync(folder);
  const module = new URL('../../results/write-file.js', import.meta.url).href;
  const script = `
    const { replaceWith } = await import('${module}');
    await replaceWith(process.argv[1], (function* () {
      yield 'x'.repeat(100_000);
      process.exit(9);
    })());`;
  const argv = ['--input-type=module', '-e', script, join(folder, 'file')];
  assert.equal(spawnSync(process.execPath, argv).status, 9);
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test('folders are made one by one, and a failure removes those that were made', () => {
  const made = makeFolder(join(root, 'a/b/c'));
  assert.deepEqual(made, [join(root, 'a'), join(root, 'a/b'), join(root, 'a/b/c')]);
  assert.deepEqual(makeFolder(join(root, 'a')), []);
  removeEmpty(made);
  assert.ok(!existsSync(join(root, 'a')));
  const refused: readonly (readonly [path: string, reason: RegExp])[] = [
    ['/proc/none/x', /^cannot create the folder PATH: /],
    [join(file, 'x'), /is no(t a)? folder$/],
    [file, /is not a folder$/],
    [join(loop, 'x'), /too many symbolic links$/],
    [join(root, 'a', 'x'.repeat(300)), /the name is too long$/],
    [join(root, 'new', 'y'.repeat(254), 'z'.repeat(256)), /the name is too long$/],
  ];
  for (const [path, reason] of refused)
    assert.match(
      sentence(path, () => makeFolder(path)),
      reason,
    );
  assert.deepEqual(readdirSync(root).sort(), before);
});
