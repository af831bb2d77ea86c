import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSource, sourceForms } from '../../../harness/images/registry.ts';

interface SourceError extends Error {
  readonly hint?: string;
  readonly facts?: readonly string[];
}

describe('naming an image', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-registry-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const errorOf = async (spec: string): Promise<SourceError> => {
    try {
      await openSource(spec);
    } catch (error) {
      return error as SourceError;
    }
    throw new Error(`${spec} was opened`);
  };

  it('works for dump, dir, synthetic and fixture', async () => {
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

  it('lists all kinds after an unknown one', async () => {
    for (const spec of ['', 'nonsense', 'ftp:x', 'constructor:x', ':x']) {
      const { facts } = await errorOf(spec);
      for (const [form] of sourceForms)
        assert.ok(
          facts?.some((fact) => fact.startsWith(form)),
          `${spec} ${form}`,
        );
    }
  });

  it('suggests the kind of an existing path', async () => {
    const file = join(dir, 'some.dump');
    writeFileSync(file, '');
    mkdirSync(join(dir, 'layout'));
    writeFileSync(join(dir, 'layout', 'oci-layout'), '{}');
    assert.equal((await errorOf(file)).hint, `dump:${file}`);
    assert.equal((await errorOf(dir)).hint, `dir:${dir}`);
    assert.equal((await errorOf(join(dir, 'layout'))).hint, `oci:${join(dir, 'layout')}`);
    assert.equal((await errorOf('/no/such/path')).hint, 'cfsbench list');
  });
});
