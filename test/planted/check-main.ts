// Verdicts that must turn: each plant's question is asked of this machine as it is, and with the plant.
//
// Usage:  npm run check:planted [-- CLAIM…]
// Needs:  root; what the scenarios need.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadView } from '../../report/load.ts';
import { type Plant, plants } from './plants.ts';

const MAIN = fileURLToPath(new URL('./planted-main.js', import.meta.url));
const MOST_OUTPUT = 1e8;
const home = mkdtempSync('/var/tmp/cfsbench-planted-');

interface Found {
  readonly text: string;
  readonly isExpected: boolean;
}

const judged = async ({ claim, asks, id }: Plant, plantId: string | undefined, may: Plant['usual']) => {
  const out = join(home, `${id}-${plantId ?? 'usual'}`);
  const argv = [MAIN, 'run', ...asks, '--budget', '90s', '--out', out, '--work', join(home, 'work')];
  const env = plantId === undefined ? process.env : { ...process.env, PLANTED: plantId };
  const from = Date.now();
  await promisify(execFile)(process.execPath, argv, { env, maxBuffer: MOST_OUTPUT });
  const found = (await loadView(out)).claims.find((one) => one.id === claim)!;
  const because = 'because' in found ? `: ${found.because}` : '';
  const seconds = Math.round((Date.now() - from) / 1000);
  const isExpected = may.some((verdict) => verdict === found.verdict);
  return {
    isExpected,
    text: `${found.verdict}${because} (${seconds} s)${isExpected ? '' : `; EXPECTED ${may.join(' or ')}`}`,
  };
};

const check = async (plant: Plant): Promise<void> => {
  process.stdout.write(`${plant.claim}: ${plant.what}\n`);
  for (const [when, plantId, may] of [
    ['without', plant.against, plant.usual],
    ['with', plant.id, plant.planted],
  ] as const) {
    const { text, isExpected }: Found = await judged(plant, plantId, may);
    if (!isExpected) process.exitCode = 1;
    process.stdout.write(`  ${when} it: ${text}\n`);
  }
};

const wanted = process.argv.slice(2);
try {
  for (const plant of plants)
    if (wanted.length === 0 || wanted.includes(plant.claim))
      try {
        await check(plant);
      } catch (error) {
        process.exitCode = 1;
        const { message, stderr = '' } = error as Error & { readonly stderr?: string };
        process.stdout.write(`  FAILED: ${message.split('\n')[0]}\n${stderr}\n`);
      }
} finally {
  rmSync(home, { recursive: true, force: true });
}
