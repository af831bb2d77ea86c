import assert from 'node:assert/strict';
import { once } from 'node:events';
import { fstatSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { files } from '../../../harness/sys/files.ts';
import { giveLogBack, prepareLog, takeLog } from '../../../harness/sys/logs.ts';

const MOST_OWN = 256;
const MOST_SPARE = 16;
const SERVERS = 1000;

const openCount = (): number => files.names('/proc/self/fd').length;

test('a thousand servers have 257 logs, of which few stay open, empty, for the next ones', () => {
  const before = openCount();
  prepareLog();
  for (let round = 0; round < 2; round++) {
    const logs = Array.from({ length: SERVERS }, takeLog);
    assert.equal(new Set(logs).size, MOST_OWN + 1);
    assert.ok(logs.every((log) => fstatSync(log).size === 0));
    for (const log of logs) writeSync(log, 'words');
    // The shared log keeps its words while a server has it.
    const shared = logs.pop()!;
    for (const log of logs) giveLogBack(log);
    assert.ok(fstatSync(shared).size > 0);
    giveLogBack(shared);
    assert.equal(openCount(), before + MOST_SPARE + 1);
  }
});

const TAKES = `
  const { workerData } = require('node:worker_threads');
  import(workerData).then(({ takeLog }) => { for (let i = 0; i < 5; i++) takeLog(); });
`;

test('a thread leaves no log open', async () => {
  const module = new URL('../../../harness/sys/logs.js', import.meta.url).href;
  const live = async (): Promise<void> => {
    const thread = new Worker(TAKES, { eval: true, workerData: module, trackUnmanagedFds: false });
    assert.deepEqual(await once(thread, 'exit'), [0]);
  };
  // The first thread may open what the next ones share.
  await live();
  const before = openCount();
  await live();
  assert.equal(openCount(), before);
});
