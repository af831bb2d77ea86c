import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { files } from '../../../harness/sys/files.ts';
import { separateOwnWork } from '../../../harness/sys/own-thread.ts';
import { needsRoot, temporaryFolder } from './support.ts';

describe('the thread of the windows', { skip: needsRoot }, () => {
  test('counts neither calls while waiting nor calls of the runtime as work', (t) => {
    const folder = temporaryFolder(t);
    const counter = separateOwnWork(openBpfCounter());
    t.after(() => counter.close());
    const own = () => counter.snapshot().get(process.pid);
    const before = own();
    files.writeNew(join(folder, 'a'), Buffer.from('a'));
    process.stderr.write('');
    counter.exclude(() => {
      files.writeNew(join(folder, 'b'), Buffer.from('b'));
      for (let i = 0; i < 5; i++) readdirSync(folder);
    });
    const after = own();
    const grown = (name: string): number => (after?.main.get(name) ?? 0) - (before?.main.get(name) ?? 0);
    assert.deepEqual([grown('openat'), grown('write'), grown('getdents64')], [1, 1, 0]);
    assert.ok((after?.otherThreads.get('getdents64') ?? 0) >= 10);
  });
});
