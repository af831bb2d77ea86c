// The lifecycle of backends without an object store: create brings in all contents, destroy removes them.
import type { Created, Prepared, Store } from '../model/backend.ts';
import type { CollectFacts, IngestHow } from '../model/machine.ts';

/** Of a collection without work. */
const NOTHING: CollectFacts = {
  markNs: 0,
  sweepNs: 0,
  liveCount: 0,
  liveBytes: 0,
  keptCount: 0,
  removedCount: 0,
};

export const wholeTreeLifecycle = (
  sources: readonly string[],
  create: (store: Store, dir: string, how?: IngestHow) => Promise<Created>,
): Prepared => ({
  sources: () => sources,
  async ingest() {},
  create,
  collect: async () => NOTHING,
});
