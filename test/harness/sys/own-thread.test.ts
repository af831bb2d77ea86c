import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { separateOwnWork } from '../../../harness/sys/own-thread.ts';
import { stepwiseFiles as files, needsRoot, temporaryFolder } from './support.ts';

test('a lost count does not end a wait, and every reading says it; another error ends the wait', () => {
  let error: Error | null = null;
  const counter = separateOwnWork({
    source: 'bpf',
    snapshot() {
      if (error !== null) throw error;
      return new Map([[process.pid, { main: new Map([['read', 3]]), otherThreads: new Map() }]]);
    },
    close() {},
  });
  const lost = new UserError('lost', { code: 'lost-counts' });
  const losing = (): string => {
    error = lost;
    return 'waited';
  };
  assert.equal(counter.exclude(losing), 'waited');
  assert.equal(counter.exclude(losing), 'waited');
  assert.throws(() => counter.snapshot(), lost);
  error = new UserError('no such map', { code: 'EBADF' });
  assert.throws(() => counter.exclude(() => 'waited'), error);
});

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
