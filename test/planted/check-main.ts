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
const home = mkdtempSync('/var/tmp/cfsbench-planted-');

const judged = async ({ claim, asks, id }: Plant, planted: boolean) => {
  const out = join(home, `${id}-${planted ? 'planted' : 'usual'}`);
  const argv = [MAIN, 'run', ...asks, '--budget', '90s', '--out', out, '--work', join(home, 'work')];
  const env = planted ? { ...process.env, PLANTED: id } : process.env;
  const from = Date.now();
  try {
    await promisify(execFile)(process.execPath, argv, { env, maxBuffer: 1e9 });
  } catch (error) {
    process.stderr.write((error as { stderr: string }).stderr.split('\n').slice(-12).join('\n'));
  }
  const found = (await loadView(out)).claims.find((one) => one.id === claim)!;
  return {
    verdict: found.verdict,
    because: 'because' in found ? String(found.because) : '',
    seconds: (Date.now() - from) / 1000,
  };
};

const wanted = process.argv.slice(2);
try {
  for (const plant of plants.filter(({ claim }) => wanted.length === 0 || wanted.includes(claim))) {
    const [usual, planted] = [await judged(plant, false), await judged(plant, true)];
    const turned = usual.verdict !== planted.verdict;
    if (!turned) process.exitCode = 1;
    process.stdout.write(
      `${plant.claim}: ${plant.what}\n  usual:   ${usual.verdict}: ${usual.because} (${usual.seconds.toFixed(0)} s)\n  planted: ${planted.verdict}: ${planted.because} (${planted.seconds.toFixed(0)} s)\n${turned ? '' : '  THE VERDICT DID NOT TURN\n'}`,
    );
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
