import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { namingFilters } from '../../../harness/backends/erofs-filter.ts';
import type { Prepared } from '../../../harness/model/backend.ts';
import { temporaryFolder } from '../sys/support.ts';

/** What mounts of an image with these bits of feature_compat say. */
const tookWith = async (t: TestContext, compat: number): Promise<unknown> => {
  const built = join(temporaryFolder(t), 'full.erofs');
  const head = Buffer.alloc(2048);
  head.writeUInt32LE(compat, 1024 + 8);
  writeFileSync(built, head);
  const given: unknown[] = [];
  const lifecycle = {
    async create(...how: unknown[]) {
      given.push(...how);
      return {
        async mount(...where: unknown[]) {
          given.push(...where);
          return { took: { erofs: 'file' } };
        },
        destroy: async () => 'destroyed',
      };
    },
  };
  const prepared = namingFilters(lifecycle as unknown as Prepared, built);
  const created = await prepared.create('store' as never, 'dir', 'digested');
  const { took } = await created.mount('at', 'writable' as never);
  assert.deepEqual(given, ['store', 'dir', 'digested', 'at', 'writable']);
  assert.equal(await created.destroy(), 'destroyed');
  return took;
};

test('mounts of a block image say whether it has filters of attribute names', async (t) => {
  // As erofs-utils 1.5 makes it: checksum and mtime.
  assert.deepEqual(await tookWith(t, 3), { erofs: 'file', filters: 'none' });
  assert.deepEqual(await tookWith(t, 7), { erofs: 'file', filters: 'of attribute names' });
});
