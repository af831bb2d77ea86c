// Turns a strace log of a program's start, and the pages that it left in the cache, into steps that can be replayed.
//
//   node record-start-main.js ROOT LOG FIXTURE COMMAND
//
// Reads:  the log of `strace -f` of `chroot ROOT COMMAND` from the chroot on; mincore of every file that was opened.
// Error:  threads and children appear in the order of the log. Written files are left out.
// Writes: the recorded start as JSON to standard output.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedStart, StartStep } from '../model/recorded-start.ts';
import { pageBytes, RECORDED_PAGE_BYTES } from '../sys/mapping.ts';
import { residentRanges } from '../sys/residency.ts';

const CALL = /^(?:\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+)(?: (\w+))?/;
const PATH = /(?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)"/;
const MAKES = ['mkdir', 'mkdirat'];
const MADE = /\bmkdir(?:at)?\(.*\)\s+= 0$/;
const OPENS = ['open', 'openat', 'openat2'];
const LOOKUPS = [
  'access',
  'faccessat',
  'faccessat2',
  'stat',
  'lstat',
  'newfstatat',
  'statx',
  'readlink',
  'readlinkat',
  'execve',
];
const ELSEWHERE = /^\/(?:proc|dev|sys|run|tmp)(?:\/|$)/;
const WRITES = /O_WRONLY|O_RDWR|O_CREAT/;

const stepOf = (root: string, line: string): StartStep | null => {
  const [, call = '', args = '', result = '', errno] = CALL.exec(line) ?? [];
  const [whole = '', path = ''] = PATH.exec(args) ?? [];
  if (!path.startsWith('/') || ELSEWHERE.test(path) || args.indexOf(whole) > 0) return null;
  const failed = result.startsWith('-');
  // The image is read-only: only the look-up of a mkdir is replayed.
  if (MAKES.includes(call) && !failed) return ['absent', path];
  if (![...OPENS, ...LOOKUPS].includes(call) || (failed && errno !== 'ENOENT' && errno !== 'EINVAL'))
    return null;
  if (errno === 'ENOENT') return ['absent', path];
  if (!OPENS.includes(call) && call !== 'execve') return ['stat', path];
  if (WRITES.test(args)) return null;
  const at = join(root, path);
  const stats = statSync(at, { throwIfNoEntry: false });
  // An absolute link leads out of the root.
  if (stats === undefined || !realpathSync(at).startsWith(`${root}/`)) return ['stat', path];
  if (stats.isDirectory()) return ['list', path];
  return stats.isFile() ? ['open', path, stats.size === 0 ? [] : residentRanges(at)] : null;
};

const [root = '', log = '', fixture = '', command = ''] = process.argv.slice(2);
if (pageBytes() !== RECORDED_PAGE_BYTES)
  throw new Error(`recorded pages have ${RECORDED_PAGE_BYTES} bytes, those of this kernel ${pageBytes()}`);
const lines = readFileSync(log, 'latin1').split('\n');
const inside = lines.slice(lines.findIndex((line) => /\bchroot\(/.test(line)) + 1);
const seen = new Set<string>();
const made = new Set<string>();
const steps: StartStep[] = [];
for (const line of inside) {
  const step = stepOf(root, line);
  // A folder that the start made is not part of the image.
  if (step === null || made.has(step[1])) continue;
  if (MADE.test(line)) made.add(step[1]);
  // A second open reads from the cache.
  const again = step[0] === 'open' && seen.has(step[1]);
  seen.add(step[1]);
  steps.push(again ? ['open', step[1], []] : step);
}
const recorded: RecordedStart = { fixture, command, steps };
process.stdout.write(`${JSON.stringify(recorded)}\n`);
