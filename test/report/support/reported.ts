// Renders a run folder in a process of its own, and measures time and memory.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Reported {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** `given`: the command and its folder. */
export const reported = (folder: string, given: readonly string[] = ['report', folder]): Reported => {
  const program = built('../../../harness/cli/main.js');
  const from = performance.now();
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', built('./costs.js'), program, ...given, '--format', 'html'],
    { encoding: 'utf8' },
  );
  const wallSeconds = (performance.now() - from) / 1000;
  if (status !== 0) throw new Error(`the report failed: ${stderr}`);
  return { wallSeconds, ...JSON.parse(stdout.trimEnd().split('\n').at(-1)!) };
};
