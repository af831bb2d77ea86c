import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { verityDigest } from '../../../harness/store/verity.ts';

const DIGEST = '21a563c8a3cf02778cf769e592e2e390563ae564fc4c6edbd3aaaaaaaaaaaaaa';
const TEXT = `/ 4096 40755 2 0 0 0 0.0 - - -
/a 10 100644 1 0 0 0 0.0 ab/object - ${DIGEST}
/b\\xff 4 120777 1 0 0 0 0.0 ../\\\\ - -
`;
const program = fileURLToPath(new URL('../../../harness/cli/main.js', import.meta.url));

describe('cfsbench image', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-image-'));
  after(() => rmSync(dir, { recursive: true }));
  const dump = join(dir, 'in.dump');
  const out = join(dir, 'out.img');
  writeFileSync(dump, TEXT);

  const run = (...argv: string[]) =>
    spawnSync(process.execPath, [program, 'image', ...argv], { encoding: 'latin1' });
  const ok = (...argv: string[]): string => {
    const { status, stdout, stderr } = run(...argv);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const refused = (...argv: string[]): string => {
    const { status, stderr } = run(...argv);
    assert.equal(status, 1, stderr);
    return stderr;
  };

  it('builds an image, prints its digest, and keeps the digests of the source', () => {
    const printed = ok('build', `dump:${dump}`, out);
    const image = readFileSync(out);
    assert.ok(printed.includes(verityDigest(image)), printed);
    assert.ok(image.includes(Buffer.from(DIGEST, 'hex')));
    assert.deepEqual(readdirSync(dir).sort(), ['in.dump', 'out.img']);
  });

  it('writes the chosen format version, 0 or 1', () => {
    ok('build', `dump:${dump}`, out, '--image-version', '1');
    assert.equal(readFileSync(out)[12], 1);
    ok('build', `dump:${dump}`, out, '--image-version', '0');
    assert.equal(readFileSync(out)[12], 0);
    assert.match(refused('build', `dump:${dump}`, out, '--image-version', '2'), /Allowed choices are 0, 1/);
  });

  it('dump prints the dump that the image was built from', () => {
    ok('build', `dump:${dump}`, out);
    assert.equal(ok('dump', out), TEXT);
  });

  it('inspect prints what an image contains, as text and as JSON', () => {
    ok('build', `dump:${dump}`, out);
    assert.match(ok('inspect', out), /^files +1 \(1 objects, 0 inline, 0 empty\)$/m);
    const facts = JSON.parse(ok('inspect', out, '--json')) as Record<string, unknown>;
    assert.equal(facts['inodeCount'], 259);
    assert.equal(facts['digest'], verityDigest(readFileSync(out)));
  });

  it('a bad source leaves the old image and no other file', () => {
    ok('build', `dump:${dump}`, out);
    const before = readFileSync(out);
    const bad = join(dir, 'bad.dump');
    writeFileSync(bad, `${TEXT}/c 9007199254740993 100644 1 0 0 0 0.0 p - -\n`);
    assert.match(refused('build', `dump:${bad}`, out), /a file is too large for the format\n {2}path: \/c\n/);
    writeFileSync(bad, `${TEXT}/c 0 644 1 0 0 0 0.0 - - -\n`);
    assert.match(
      refused('build', `dump:${bad}`, out),
      /dump line 4: MODE has no file type\n {2}file: .*bad\.dump\n/,
    );
    rmSync(bad);
    assert.ok(before.equals(readFileSync(out)));
    assert.deepEqual(readdirSync(dir).sort(), ['in.dump', 'out.img']);
  });

  it('names the file that cannot be written or read', () => {
    ok('build', `dump:${dump}`, out);
    const nowhere = join(dir, 'no', 'out.img');
    assert.match(
      refused('build', `dump:${dump}`, nowhere),
      /^cfsbench: cannot write .*out\.img: its folder does not exist\n$/,
    );
    assert.match(refused('build', `dump:${dump}`, dir), /^cfsbench: cannot write .*: it is a folder, not a/);
    assert.deepEqual(readdirSync(dir).sort(), ['in.dump', 'out.img']);
    assert.match(refused('inspect', nowhere), /^cfsbench: cannot read .*: no such file or folder\n$/);
    assert.match(
      refused('dump', dump),
      /not a valid composefs image: .*\n {2}file: .*in\.dump\n {2}offset: /,
    );
  });
});
