// Inputs made after public bug reports, each with its right value. A variable names the folder that holds them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { needsRoot } from '../sys/support.ts';

const cases = process.env['CFSBENCH_CASES'];
const skip =
  cases === undefined
    ? 'CFSBENCH_CASES names no folder'
    : findProgram('xz') === null
      ? 'needs xz to unpack the cases'
      : false;

const FORMATS = 'json,markdown,mail,go,hyperfine,junit,ktap,bencher,wide-csv';

describe('cases', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-cases-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (...names: string[]): string => join(folder, ...names);
  const of = (...names: string[]): string => join(cases!, ...names);

  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8', maxBuffer: 1 << 26 });

  const printed = (...words: readonly string[]): string => {
    const { status, stdout, stderr } = run(...words);
    assert.equal(status, 0, `${words.join(' ')}: ${stderr}`);
    return stdout;
  };

  const unpacked = (...names: readonly string[]): string => {
    execFileSync('tar', ['-xJf', of(...names), '-C', folder]);
    return at(names.at(-1)!.replace('.tar.xz', ''));
  };

  test('38: a dump whose zstd checksum is wrong is refused', () => {
    const build = (name: string) =>
      run('image', 'build', `dump:${of('38-damaged-zstd-dump', name)}`, at('out'));
    assert.equal(build('good.dump.zst').status, 0);
    for (const name of ['one-bit-flipped.dump.zst', 'wrong-checksum.dump.zst']) {
      const { status, stderr } = build(name);
      assert.equal(status, 1);
      assert.match(stderr, /^cfsbench: cannot decompress the dump\n.*\n.*doesn't match checksum\n/);
    }
  });

  for (const name of ['zero-all', 'zero-base'])
    test(`39: ${name}: no format divides by zero or blames too few blocks`, () => {
      const folderOfRun = unpacked('39-zero-times', `${name}.tar.xz`);
      const formats = at(`formats-${name}`);
      mkdirSync(formats);
      const texts = [printed('report', folderOfRun)];
      printed('report', folderOfRun, '--format', FORMATS, '--out', `${formats}/`);
      for (const file of readdirSync(formats)) texts.push(readFileSync(join(formats, file), 'utf8'));
      assert.equal(texts.length, 1 + FORMATS.split(',').length);
      for (const text of texts) assert.doesNotMatch(text, /\bNaN\b|\bInfinity\b|\binf\b|few: too few/);
    });

  test('40: a journal with CRLF lines or a cut last line is reported', () => {
    for (const name of ['crlf', 'cut-last'])
      assert.match(printed('report', unpacked('40-odd-journal-bytes', `${name}.tar.xz`)), /8 blocks/);
  });

  test('42: an odd image name breaks no line of go, junit and ktap', () => {
    const folderOfRun = unpacked('42-odd-image-names', 'evil-name.tar.xz');
    for (const line of printed('report', folderOfRun, '--format', 'go').split('\n'))
      if (line.startsWith('Benchmark')) assert.match(line, /^Benchmark\S+ \d+( \S+ \S+)+$/);
    const junit = printed('report', folderOfRun, '--format', 'junit');
    assert.doesNotMatch(
      junit,
      /<(?!\/?(?:testsuites?|testcase|skipped|failure|error|properties|property|system-out)\b|\?xml)/,
    );
    for (const line of printed('report', folderOfRun, '--format', 'ktap').trim().split('\n'))
      assert.match(line, /^\s*(?:KTAP version 1|1\.\.\d+|# |(?:not )?ok \d+ )/);
  });

  test('46: hard links of every type of entry stay links', { skip: needsRoot }, () => {
    execFileSync('sh', [of('46-hardlinked-everything', 'make.sh'), at('linked')]);
    printed('image', 'build', `dir:${at('linked')}`, at('linked.cfs'));
    const lines = printed('image', 'dump', at('linked.cfs')).trim().split('\n');
    const links = lines
      .map((line) => line.split(' '))
      .filter(([, , mode]) => mode!.startsWith('@'))
      .map((fields) => `${fields[0]} = ${fields[8]}`);
    assert.deepEqual(links, [
      '/big-link = /big',
      '/d/third = /big',
      '/dev2 = /dev',
      '/fifo2 = /fifo',
      '/sym = /d/sym2',
    ]);
  });

  test('47: an image with paths beyond PATH_MAX is built, and a run refuses it', { skip: needsRoot }, () => {
    const deep = at('deep.dump');
    writeFileSync(deep, execFileSync('xz', ['-dc', of('47-paths-beyond-PATH_MAX', 'deep.dump.xz')]));
    printed('image', 'build', `dump:${deep}`, at('deep.cfs'));
    const { status, stderr } = run('run', '--images', `dump:${deep}`, '--count-only', '--out', at('run'));
    assert.equal(status, 4, stderr);
    assert.match(
      stderr,
      /^cfsbench: none of the chosen images can be mounted here\n {2}deep: a path of 5495 bytes, /,
    );
    assert.ok(stderr.length < 400, stderr);
    assert.ok(!existsSync(at('run', 'run.json')));
  });

  test('49: images of 130 and of 501 layers are built', {
    skip: findProgram('python3') === null ? 'needs python3' : false,
  }, () => {
    for (const count of ['130', '501']) {
      execFileSync('python3', [of('49-many-layers', 'make.py'), at(`layers-${count}`), count]);
      assert.match(
        printed('image', 'build', `oci:${at(`layers-${count}`)}`, at('layers.cfs')),
        new RegExp(`, ${Number(count) + 1} entries, `),
      );
    }
  });
});
