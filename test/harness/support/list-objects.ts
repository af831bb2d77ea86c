// The objects of a store.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Digests of all objects, in no particular order. */
export const listObjects = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((fan) => readdirSync(join(dir, fan)).map((rest) => fan + rest));
