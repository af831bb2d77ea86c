import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormatInput } from '../../report/formats/format.ts';
import { reportFormats } from '../../report/formats/registry.ts';
import { viewOf } from '../../report/load.ts';
import { loadRun } from '../../results/gate/load.ts';
import { exampleRun } from './support/example.ts';
import { withRunFolder } from './support/folder.ts';

test('every format has an id of its own and a title', () => {
  const ids = reportFormats.map(({ id }) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
  for (const { id, title } of reportFormats) assert.match(title, /^\S/, id);
});

test('every format renders a run; terminal and mail are printable ASCII', () =>
  withRunFolder(exampleRun({ images: ['debian-12-base'] }), async (folder) => {
    const run = await loadRun(folder);
    const input: FormatInput = { run, view: async () => viewOf(run), columns: 80, color: false };
    for (const { id, pieces } of reportFormats) {
      let text = '';
      for await (const piece of pieces(input)) text += piece;
      assert.match(text, /\n$/, id);
      if (id === 'terminal' || id === 'mail') assert.match(text, /^[\x20-\x7e\n]+$/, id);
    }
  }));
