// How much the BPF counter slows `ls -lR`: CPU time with counter divided by CPU time without, over EROFS + overlayfs and over FUSE.
//
// Usage:  sh scripts/bench-self counting [ROUNDS]
// Prints: the median ratio of all rounds with its range. Exit code 1 if a median is above 1.15.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { medianOf } from '../../../harness/model/repeated.ts';
import { serverPath } from '../../../harness/native/paths.ts';
import { openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { files } from '../../../harness/sys/files.ts';
import { openLog } from '../../../harness/sys/logs.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { startServer } from '../../../harness/sys/servers.ts';
import { cpuUsage, processCpuNs } from '../../../harness/sys/usage.ts';
import { onOneCpu } from './support.ts';

const BOUND = 1.15;
const ROUNDS = 24;
const DIRECTORIES = 100;
const FILES_EACH = 60;
const READ_ONLY = ['ro', 'nosuid', 'nodev'] as const;

const writeImage = (folder: string): string => {
  const lines = ['/ 4096 40755 2 0 0 0 0.0 - - -'];
  for (let d = 0; d < DIRECTORIES; d++) {
    lines.push(`/dir${d} 4096 40755 2 0 0 0 0.0 - - -`);
    for (let f = 0; f < FILES_EACH; f++) lines.push(`/dir${d}/file${f} 0 100644 1 0 0 0 0.0 - - -`);
  }
  const path = join(folder, 'image');
  writeFileSync(path, imageBytes(parseDump(Buffer.from(`${lines.join('\n')}\n`))));
  return path;
};

/** CPU time of `ls` and of the server, which excludes other processes. */
const walkNs = (at: string, server: number | null): number => {
  const spentNs = (): number => {
    const { userNs, systemNs } = cpuUsage();
    return userNs + systemNs + (server === null ? 0 : (processCpuNs(server) ?? 0));
  };
  const from = spentNs();
  execFileSync('ls', ['-lR', at], { stdio: 'ignore' });
  return spentNs() - from;
};

const measure = (title: string, at: string, server: number | null): void => {
  walkNs(at, server);
  const ratios = Array.from({ length: Number(process.argv[2] ?? ROUNDS) }, () => {
    const plainNs = walkNs(at, server);
    const counter = openBpfCounter();
    const countedNs = walkNs(at, server);
    counter.close();
    return countedNs / plainNs;
  });
  const median = medianOf(ratios);
  const range = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
  process.stdout.write(
    `${title.padEnd(20)} ${median.toFixed(2)} (${range}), bound ${BOUND}${median > BOUND ? ': exceeded' : ''}\n`,
  );
  if (median > BOUND) process.exitCode = 1;
};

const folder = mkdtempSync('/var/tmp/cfsbench-self-');
const [at, objects] = [join(folder, 'at'), join(folder, 'objects')];
for (const path of [at, objects]) mkdirSync(path);
const image = writeImage(folder);
onOneCpu();
try {
  const lower = mounts.create('erofs', [['source', image]], READ_ONLY);
  const options = [
    ['lowerdir+', lower],
    ['datadir+', objects],
    ['metacopy', 'on'],
  ] as const;
  mounts.attach(mounts.create('overlay', options, READ_ONLY), at);
  files.close(lower);
  measure('EROFS + overlayfs', at, null);
  mounts.unmount(at);

  const argv = [serverPath, '--objects', objects, '--ready-fd', '{ready}', image, at];
  const server = startServer({ argv, log: openLog(), limitMs: 10_000 });
  measure('FUSE', at, server.pid);
  mounts.unmount(at);
  server.close(5000);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
