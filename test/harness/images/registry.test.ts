import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSource, sourceForms } from '../../../harness/images/registry.ts';

interface Told extends Error {
  readonly hint?: string;
  readonly facts?: readonly string[];
}

describe('naming an image', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-registry-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const told = async (spec: string): Promise<Told> => {
    try {
      await openSource(spec);
    } catch (error) {
      return error as Told;
    }
    throw new Error(`${spec} was opened`);
  };

  it('works for every kind', async () => {
    writeFileSync(join(dir, 'x.dump'), '/ 4096 40755 2 0 0 0 0.0 - - -\n');
    for (const spec of [
      `dump:${dir}/x.dump`,
      `dir:${dir}`,
      'synthetic:files=3',
      'fixture:debian-12-static',
    ]) {
      const image = await openSource(spec);
      assert.equal(image.source, spec);
      assert.match(image.name, /^[\x21-\x7e]+$/);
      await image.close();
    }
  });

  it('lists what there is when the kind is unknown', async () => {
    for (const spec of ['', 'nonsense', 'ftp:x', 'constructor:x', ':x']) {
      const { facts } = await told(spec);
      for (const [form] of sourceForms)
        assert.ok(
          facts?.some((fact) => fact.startsWith(form)),
          `${spec} ${form}`,
        );
    }
  });

  it('suggests the kind where a path exists', async () => {
    const file = join(dir, 'some.dump');
    writeFileSync(file, '');
    mkdirSync(join(dir, 'layout'));
    writeFileSync(join(dir, 'layout', 'oci-layout'), '{}');
    assert.equal((await told(file)).hint, `dump:${file}`);
    assert.equal((await told(dir)).hint, `dir:${dir}`);
    assert.equal((await told(join(dir, 'layout'))).hint, `oci:${join(dir, 'layout')}`);
    assert.equal((await told('/no/such/path')).hint, 'cfsbench list');
  });
});
