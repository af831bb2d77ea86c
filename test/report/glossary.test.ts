import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GLOSSARY } from '../../report/glossary.ts';

const path = new URL('../../../docs/glossary.md', import.meta.url);
const documented = new Map(
  [...readFileSync(path, 'utf8').matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, term, text]) => [
    term!,
    text!,
  ]),
);

test('every term of the page has the definition of docs/glossary.md', () => {
  for (const [term, text] of Object.entries(GLOSSARY)) assert.equal(text, documented.get(term), term);
});
