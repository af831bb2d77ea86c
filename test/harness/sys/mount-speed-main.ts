// Mounts and unmounts in turn with a C program that does the same, on one CPU; prints the ratio of the medians.
//
//   node mount-speed-main.js PROGRAM FOLDER
import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { files } from '../../../harness/sys/files.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { onOneCpu, privateMounts, type Sample, sampleImage } from './support.ts';

const ROUNDS = 12;
const PER_ROUND = 25;
/** Until the code is compiled, and then until the threads are still that compiled it: on one CPU they would be measured, too. */
const WARM_CYCLES = 500;
const STILL_MS = 300;
const READ_ONLY = ['ro', 'nosuid', 'nodev'] as const;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const cycleNs = ({ image, objects, at }: Sample): number => {
  const from = process.hrtime.bigint();
  const lower = mounts.create('erofs', [['source', image]], READ_ONLY);
  const overlay = mounts.create(
    'overlay',
    [
      ['lowerdir+', lower],
      ['datadir+', objects],
      ['metacopy', 'on'],
      ['redirect_dir', 'on'],
    ],
    READ_ONLY,
  );
  files.close(lower);
  mounts.attach(overlay, at);
  mounts.unmount(at);
  const ns = Number(process.hrtime.bigint() - from);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!files.leaseFree(image)) Atomics.wait(pause, 0, 0, 0.02);
  return ns;
};

const ratio = (program: string, sample: Sample): number => {
  const here: number[] = [];
  const there: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < PER_ROUND; i++) here.push(cycleNs(sample));
    const printed = execFileSync(program, [String(2 * PER_ROUND), sample.image, sample.objects, sample.at], {
      encoding: 'utf8',
    });
    // The first ones of a fresh process are as little warm as ours were.
    for (const line of printed.trim().split('\n').slice(PER_ROUND)) {
      const [mountNs = 0, unmountNs = 0] = line.split(' ').map(Number);
      there.push(mountNs + unmountNs);
    }
  }
  return median(here) / median(there);
};

const [program = '', folder = ''] = process.argv.slice(2);
privateMounts();
onOneCpu();
const sample = sampleImage(folder);
for (let i = 0; i < WARM_CYCLES; i++) cycleNs(sample);
await setTimeout(STILL_MS);
process.stdout.write(`${ratio(program, sample)}\n`);
