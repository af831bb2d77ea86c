// Dumps with known images, from the folder CFSBENCH_FIXTURES.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env['CFSBENCH_FIXTURES'];

/** The reason to skip these tests, or false. */
export const skipWithoutFixtures: false | string =
  folder === undefined || !existsSync(folder) ? 'CFSBENCH_FIXTURES does not name a folder' : false;

interface KnownDump {
  readonly path: string;
  readonly sha256: string;
  /** Undefined: mkcomposefs chooses. */
  readonly imageVersion?: 0 | 1;
}

export const knownDumps = (): KnownDump[] =>
  readdirSync(folder!)
    .filter((name) => name.endsWith('.sha256'))
    .map((name) => {
      const path = join(folder!, name.slice(0, -'.sha256'.length));
      const sha256 = readFileSync(join(folder!, name), 'latin1').trim();
      if (!existsSync(`${path}.version`)) return { path, sha256 };
      return { path, sha256, imageVersion: readFileSync(`${path}.version`, 'latin1').trim() === '1' ? 1 : 0 };
    });

export const badDumps = (): string[] => {
  const bad = join(folder!, 'should-fail');
  return readdirSync(bad)
    .filter((name) => name.endsWith('.dump'))
    .map((name) => join(bad, name));
};
