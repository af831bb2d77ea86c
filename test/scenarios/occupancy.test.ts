import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDump } from '../../harness/images/dump-text.ts';
import type { Stage } from '../../harness/model/scenario.ts';
import { scenario } from '../../scenarios/occupancy.ts';
import { temporaryFolder } from '../harness/sys/support.ts';

const ROOT = '/ 4096 40755 2 0 0 0 0.0 - - -\n';
const BASE = `${ROOT}/base 6 100644 1 0 0 0 0.0 - hello\\n -\n`;

test('memory is read after what was dropped is freed and the programs are read again', async (t) => {
  const root = temporaryFolder(t);
  mkdirSync(join(root, 'app'));
  writeFileSync(join(root, 'app/file'), 'x');
  const log: string[] = [];
  const memory = { slabBytes: 1, cachedBytes: 1, dropCount: 0, caches: null };
  const base = { tree: parseDump(Buffer.from(BASE)) };
  const tree = parseDump(Buffer.from(`${BASE}/app 4096 40755 2 0 0 0 0.0 - - -\n`));
  const mounted = {
    root,
    servers: [],
    held: { kind: 'unchecked', why: 'a test' },
    async unmount() {},
    async settle() {},
  };
  const prepared = {
    async ingest() {},
    create: async () => ({ mount: async () => mounted, async destroy() {} }),
    async collect() {},
  };
  const stage = {
    slot: { params: { images: 1 } },
    image: { tree, family: { base, members: [{ objectBytes: 1 }], image: () => ({}) } },
    store: {},
    machine: {
      meters: {
        windows: () => ({ ns: 0, count: 0, outsideCount: 0 }),
        kernelMemory: () => {
          log.push('memory');
          return memory;
        },
      },
    },
    prepare: async () => prepared,
    folder: (name: string) => name,
    sync() {},
    footprint: async () => ({}),
    mounted: () => void log.push('mounted'),
    dropCaches: async (next?: string) => void log.push(`drop, then ${next}`),
    command: async (_actor: string, argv: readonly string[]) => void log.push(argv.slice(0, 2).join(' ')),
  } as unknown as Stage;
  await scenario.run(stage);
  assert.deepEqual(log, [
    'drop, then memory',
    'cat /dev/null',
    ...['memory', 'memory'],
    'mounted',
    `cat ${root}/base`,
    'memory',
  ]);
});
