// Verdicts that must change: each plant's scenario is run on this machine as it is, and with the plant.
//
// Usage:  npm run check:planted [-- CLAIM…]
// Needs:  root, and what the scenarios need.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ClaimVerdict } from '../../report/claims/claim.ts';
import { loadView } from '../report/support/load-view.ts';
import { type Plant, plants } from './plants.ts';

const MAIN = fileURLToPath(new URL('./planted-main.js', import.meta.url));
const MAX_OUTPUT = 1e8;
const wanted = process.argv.slice(2);
const unknown = wanted.find((id) => plants.every(({ claim }) => claim !== id));
if (unknown !== undefined) {
  const known = [...new Set(plants.map(({ claim }) => claim))].join(', ');
  process.stderr.write(`check:planted: no plant for claim '${unknown}'; there are plants for ${known}\n`);
  process.exit(1);
}
const home = mkdtempSync('/var/tmp/cfsbench-planted-');

interface PlantedRun {
  /** In words, for the printed line. */
  readonly when: 'without' | 'with';
  /** Id of the plant, if there is one. */
  readonly plantId: string | undefined;
  readonly expected: readonly ClaimVerdict[];
}

const check = async ({ claim, asks, id }: Plant, { when, plantId, expected }: PlantedRun): Promise<void> => {
  const out = join(home, `${id}-${plantId ?? 'usual'}`);
  const argv = [MAIN, 'run', ...asks, '--budget', '90s', '--out', out, '--work', home];
  const env = plantId === undefined ? process.env : { ...process.env, PLANTED: plantId };
  const startMs = Date.now();
  await promisify(execFile)(process.execPath, argv, { env, maxBuffer: MAX_OUTPUT });
  const { verdict, because } = (await loadView(out)).claims.find((one) => one.id === claim)!;
  const seconds = Math.round((Date.now() - startMs) / 1000);
  const isExpected = expected.some((one) => one === verdict);
  if (!isExpected) process.exitCode = 1;
  process.stdout.write(
    `  ${when} it: ${verdict}: ${because} (${seconds} s)${isExpected ? '' : `; EXPECTED ${expected.join(' or ')}`}\n`,
  );
};

const checkPlant = async (plant: Plant): Promise<void> => {
  process.stdout.write(`${plant.claim}: ${plant.what}\n`);
  try {
    await check(plant, { when: 'without', plantId: plant.against, expected: plant.usual });
    await check(plant, { when: 'with', plantId: plant.id, expected: plant.planted });
  } catch (error) {
    process.exitCode = 1;
    const { message, stderr = '' } = error as Error & { readonly stderr?: string };
    process.stdout.write(`  FAILED: ${message.split('\n')[0]}\n${stderr}\n`);
  }
};

try {
  for (const plant of plants)
    if (wanted.length === 0 || wanted.includes(plant.claim)) await checkPlant(plant);
} finally {
  rmSync(home, { recursive: true, force: true });
}
