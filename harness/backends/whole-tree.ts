// The lifecycle of backends without an object store: create brings in all contents, destroy removes them.
import type { Created, Prepared, Store } from '../model/backend.ts';
import type { IngestHow } from '../model/machine.ts';

export const wholeTreeLifecycle = (
  sources: readonly string[],
  create: (store: Store, dir: string, how?: IngestHow) => Promise<Created>,
): Prepared => ({
  sources,
  async ingest() {},
  create,
  async collect() {},
});
