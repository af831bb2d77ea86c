import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { EXAMPLE, HOSTILE, HOSTILE_RUN, textOf, unhappy } from './support.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const NAMES = ['run', 'sample', 'summary', 'history-line', 'gate'] as const;
const published = (name: string): string =>
  readFileSync(join(ROOT, 'docs/schema', `${name}.schema.json`), 'utf8');

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const [isRun, isSample, isSummary] = NAMES.map((name) => ajv.compile(JSON.parse(published(name))));

test('the published schemas and the validators agree with the types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-schema-'));
  try {
    execFileSync('sh', ['scripts/make-schemas', folder], { cwd: ROOT, stdio: 'pipe' });
    for (const name of NAMES)
      assert.ok(
        readFileSync(join(folder, `${name}.schema.json`), 'utf8') === published(name),
        `${name} is out of date: sh scripts/make-schemas`,
      );
    assert.ok(
      readFileSync(join(folder, 'validators.ts'), 'utf8') ===
        readFileSync(join(ROOT, 'results/schema/validators.ts'), 'utf8'),
      'the validators are out of date: sh scripts/make-schemas',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const [what, example] of [
  ['the example', EXAMPLE],
  ['hostile names', HOSTILE_RUN],
  ['failures and skips', unhappy()],
] as const)
  test(`${what}: run, samples and summary follow their schemas`, async () => {
    assert.ok(isRun!(example.run), ajv.errorsText(isRun!.errors));
    for (const sample of example.samples) assert.ok(isSample!(sample), ajv.errorsText(isSample!.errors));
    assert.ok(isSummary!(JSON.parse(await textOf('json', example))), ajv.errorsText(isSummary!.errors));
  });

test('a wrong sample is refused', () => {
  const [sample] = EXAMPLE.samples;
  assert.equal(isSample!({ ...sample, pass: 'guess' }), false);
  assert.equal(isSample!({ ...sample, values: { mountWallNs: 'fast' } }), false);
});

test('a reader of the summary gets a hostile name unchanged', async () => {
  const { images } = JSON.parse(await textOf('json', HOSTILE_RUN));
  assert.equal(images[0].name, HOSTILE);
});
