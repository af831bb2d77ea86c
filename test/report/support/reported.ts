// A run folder rendered by a program of its own, as a user would: how long it took and how much memory.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Reported {
  readonly seconds: number;
  readonly peakBytes: number;
}

export const reported = (folder: string): Reported => {
  const from = performance.now();
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--import',
      built('./peak-memory.js'),
      built('../../../harness/cli/main.js'),
      ...['report', folder, '--format', 'html'],
    ],
    { encoding: 'utf8' },
  );
  const seconds = (performance.now() - from) / 1000;
  const peakBytes = Number(stdout.trimEnd().split('\n').at(-1));
  if (status !== 0 || !(peakBytes > 0)) throw new Error(`the report failed: ${stderr}`);
  return { seconds, peakBytes };
};
