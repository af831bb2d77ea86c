// The image of the benchmarks of the FUSE server.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { say } from './self-bench.ts';

/** The large image from CFSBENCH_FIXTURES, else a shipped one. */
export const largeDump = (): string => {
  const given = process.env['CFSBENCH_FIXTURES'];
  const paths = [
    ...(given === undefined ? [] : [join(given, 'cs9-x86_64-minimal.dump.gz')]),
    fileURLToPath(new URL('../../../fixtures/debian-12-base.dump.gz', import.meta.url)),
  ];
  const path = paths.find((one) => existsSync(one)) ?? '';
  say(`image: ${path.split('/').at(-1)}`);
  return gunzipSync(readFileSync(path)).toString('latin1');
};
