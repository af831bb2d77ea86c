// Damaged and hostile inputs: by the properties of the readers, on the command line, and through a mount.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { serverPath } from '../../harness/backends/server-path.ts';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import type { Random } from '../../harness/model/random.ts';
import { type Finished, start } from '../end-to-end/support.ts';
import { randomDump } from '../harness/erofs/random-dump.ts';
import { OciLayout, tarOf, uncompressed } from '../harness/images/oci-layouts.ts';
import { hostileDumps } from '../harness/properties/hostile-dumps.ts';
import { hostileTars } from '../harness/properties/hostile-tars.ts';
import { damaged } from '../harness/properties/mutations.ts';
import { crashesIn, endWithin, finding, when } from './checks.ts';
import { openSmallRun, type SmallRun, startCommand } from './small-run.ts';
import type { Attempt, AttemptEnd, Finding, Trial } from './trial.ts';

const PROPERTY_LIMIT_MS = 600_000;
const COMMAND_LIMIT_MS = 60_000;
/** Inputs of one property, and of one attempt on the command line. */
const PROPERTY_RUNS = 300;
const INPUTS = 8;
const LARGEST_SEED = 2 ** 31 - 1;

/** A test file whose tests are properties, with many more inputs than in the test suite. */
const propertyTrial = (id: string, title: string, file: string): Trial => ({
  id,
  section: 'inputs',
  title,
  count: 30,
  shortCount: 1,
  async attempt({ owner, note }) {
    const path = fileURLToPath(new URL(`../harness/properties/${file}.test.js`, import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env as Record<string, string>;
    const argv = [process.execPath, '--test-reporter=tap', path];
    const testing = start(owner, argv, { ...env, CFSBENCH_PROPERTY_RUNS: String(PROPERTY_RUNS) });
    const end = await endWithin(testing.done, PROPERTY_LIMIT_MS);
    if (end === null) return { kind: 'done', findings: [finding('hang', `${file}: no end`)] };
    note(end.stdout);
    const failed = [...end.stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    const findings = [
      ...failed.map((name) => finding('crash', `${file}: ${name}`)),
      ...when(end.code !== 0 && failed.length === 0, 'crash', `${file}: exit code ${end.code}`),
    ];
    const passed = [...end.stdout.matchAll(/^ +ok \d+ - /gm)].length;
    return { kind: 'done', findings, tried: PROPERTY_RUNS * passed };
  },
});

const sampleOf = (random: Random, inputs: fc.Arbitrary<Buffer>): readonly Buffer[] =>
  fc.sample(inputs, { seed: random.int(0, LARGEST_SEED), numRuns: INPUTS });

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.int(0, items.length - 1)]!;

/** Everything but newlines and tabs below a blank, and what a terminal understands above it. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

const hasControls = (printed: string): boolean =>
  CONTROLS.test(Buffer.from(printed, 'latin1').toString('utf8'));

interface Refusals {
  /** Exit codes with which the command may end. */
  readonly codes: readonly number[];
  readonly args: readonly string[];
}

const checkCommand = (
  args: readonly string[],
  end: Finished,
  codes: readonly number[],
): readonly Finding[] => {
  const what = `cfsbench ${args.join(' ')}`;
  return [
    ...when(!codes.includes(end.code ?? -1), 'exit', `${what}: exit code ${end.code}`),
    ...when(end.code !== 0 && !end.stderr.startsWith('cfsbench: '), 'exit', `${what}: no sentence`),
    ...when(hasControls(end.stdout + end.stderr), 'crash', `${what}: control characters are printed`),
    ...crashesIn(end),
  ];
};

/** Ends with a documented exit code and a sentence, prints nothing that a terminal obeys, and leaves no temporary file. */
const tryCommand = async (
  attempt: Attempt,
  run: SmallRun,
  { args, codes }: Refusals,
): Promise<readonly Finding[]> => {
  const end = await endWithin(startCommand(attempt, run, args).done, COMMAND_LIMIT_MS);
  if (end === null) return [finding('hang', `cfsbench ${args.join(' ')}: no end`)];
  attempt.note(`$ cfsbench ${args.join(' ')}\n${end.code}\n${end.stderr}`);
  const left = readdirSync(run.temporary);
  return [
    ...checkCommand(args, end, codes),
    ...when(left.length > 0, 'leak', `${args[0]} left ${left.join(', ')} in TMPDIR`),
  ];
};

interface TriedInput {
  readonly bytes: Buffer;
  readonly at: number;
  readonly run: SmallRun;
  readonly attempt: Attempt;
}

/** A number of inputs, one after another. Those with findings are kept with the log. */
const inputTrial = (
  id: string,
  title: string,
  inputsOf: (random: Random) => readonly Buffer[],
  tryInput: (input: TriedInput) => Promise<readonly Finding[]>,
): Trial => ({
  id,
  section: 'inputs',
  title,
  count: 40,
  shortCount: 1,
  async attempt(attempt): Promise<AttemptEnd> {
    const run = openSmallRun(attempt);
    const findings: Finding[] = [];
    const inputs = inputsOf(attempt.random);
    mkdirSync(run.out);
    for (const [at, bytes] of inputs.entries()) {
      const found = await tryInput({ bytes, at, run, attempt });
      if (found.length > 0) writeFileSync(join(run.out, `input-${at}`), bytes);
      findings.push(...found);
    }
    return { kind: 'done', findings, tried: inputs.length };
  },
});

const dumpText = (random: Random): Buffer =>
  Buffer.from(`${randomDump(`torture ${random.int(0, LARGEST_SEED)}`).join('\n')}\n`, 'latin1');

const READ: readonly number[] = [0, 1];

/** The image of a dump is built only if the dump is valid. */
const buildFrom = async (source: string, { run, attempt, at }: TriedInput): Promise<readonly Finding[]> => {
  const out = join(run.home, `image-${at}`);
  const found = await tryCommand(attempt, run, { args: ['image', 'build', source, out], codes: READ });
  const stray = readdirSync(run.home).filter(
    (name) => name.startsWith(`image-${at}`) && name !== `image-${at}`,
  );
  return [...found, ...when(stray.length > 0, 'leak', `image build left ${stray.join(', ')}`)];
};

const dumpTrial = inputTrial(
  'dumps',
  '`image build` of damaged and hostile dumps',
  (random) => sampleOf(random, fc.oneof(hostileDumps, damaged([dumpText(random)]))),
  (input) => {
    const path = join(input.run.home, `dump-${input.at}`);
    writeFileSync(path, input.bytes);
    return buildFrom(`dump:${path}`, input);
  },
);

/** A file outside a folder, for links out of it: never one of the machine, which a write through the link would change. */
const outsideOf = (folder: string): string => {
  const path = `${folder}-outside`;
  writeFileSync(path, 'outside');
  return path;
};

/** What may lie in place of a file of a layout. */
const SUBSTITUTES: readonly ((path: string, outside: string) => void)[] = [
  (path) => symlinkSync('/dev/zero', path),
  (path, outside) => symlinkSync(outside, path),
  (path) => symlinkSync(path, path),
  (path) => mkdirSync(path),
  (path) => writeFileSync(path, ''),
  () => {},
];

/** One of its files is damaged, or something else lies in its place. */
const damageLayout = (folder: string, random: Random): void => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const path = pick(random, files.sort());
  const [bytes] = sampleOf(random, damaged([readFileSync(path)]));
  rmSync(path);
  if (random.int(0, 2) === 0) pick(random, SUBSTITUTES)(path, outsideOf(folder));
  else writeFileSync(path, bytes!);
};

const VALID_LAYER = tarOf(
  { path: 'a/' },
  { path: 'a/b', contents: 'b'.repeat(700), xattrs: [['user.a', 'b']] },
  { path: '.wh.gone' },
);

const ociTrial = inputTrial(
  'oci',
  '`image build` of damaged and hostile OCI layouts',
  (random) => sampleOf(random, fc.oneof(hostileTars, damaged([VALID_LAYER]))),
  async (input) => {
    const layout = new OciLayout();
    input.attempt.owner.after(() => layout.remove());
    layout.add(layout.manifest(uncompressed(VALID_LAYER, input.bytes)));
    if (input.at % 2 === 0) damageLayout(layout.path, input.attempt.random);
    return buildFrom(`oci:${layout.path}`, input);
  },
);

const imageOf = (random: Random): Buffer => Buffer.from(imageBytes(parseDump(dumpText(random))));

const imageTrial = inputTrial(
  'images',
  '`image inspect` and `image dump` of damaged images',
  (random) => sampleOf(random, damaged([imageOf(random)])),
  async ({ bytes, at, run, attempt }) => {
    const path = join(run.home, `image-${at}`);
    writeFileSync(path, bytes);
    const commands = [
      ['image', 'inspect', path],
      ['image', 'dump', path],
    ];
    const found = [];
    for (const args of commands) found.push(await tryCommand(attempt, run, { args, codes: READ }));
    return found.flat();
  },
);

/** Serves "$1" on "$2", lists and reads everything, unmounts, and prints the server's exit code. */
const SERVE = `
"$0" --objects "$3" --ready-fd 3 "$1" "$2" 3>"$3/ready" 2>"$3/log" & server=$!
while kill -0 $server 2>/dev/null && [ ! -s "$3/ready" ]; do sleep 0.01; done
if [ -s "$3/ready" ]; then
  timeout -s KILL 20 ls -lR "$2" >/dev/null 2>&1
  timeout -s KILL 20 find "$2" -type f -exec cat {} + >/dev/null 2>&1
  umount "$2"
fi
wait $server
echo "exit code $?"
cat "$3/log" >&2
`;

const serverTrial = inputTrial(
  'served',
  'damaged images mounted by cfs-fuse, listed and read',
  (random) => sampleOf(random, damaged([imageOf(random)])),
  async ({ bytes, at, run, attempt }) => {
    const [path, mount, objects] = ['served', 'mount', 'objects'].map((name) =>
      join(run.home, `${name}-${at}`),
    );
    for (const folder of [mount!, objects!]) mkdirSync(folder);
    writeFileSync(path!, bytes);
    const argv = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
    const command = ['sh', '-c', SERVE, serverPath, path!, mount!, objects!];
    const end = await endWithin(start(attempt.owner, [...argv, ...command]).done, COMMAND_LIMIT_MS);
    if (end === null) return [finding('hang', 'cfs-fuse: no end')];
    const code = Number(/^exit code (\d+)$/m.exec(end.stdout)?.[1]);
    attempt.note(`${end.stdout}${end.stderr}`);
    return [
      ...when(!READ.includes(code), 'crash', `cfs-fuse ended with ${end.stdout}`),
      ...when(hasControls(end.stderr), 'crash', 'the log of cfs-fuse has control characters'),
    ];
  },
);

/** Changes files of a folder again and again, until `isOver`. */
const keepChanging = async (folder: string, random: Random, isOver: () => boolean): Promise<void> => {
  const outside = outsideOf(folder);
  for (let number = 0; !isOver(); number++) {
    const path = join(folder, `file-${random.int(0, 199)}`);
    const change = pick<() => void>(random, [
      () => rmSync(path, { recursive: true, force: true }),
      () => writeFileSync(path, Buffer.alloc(random.int(0, 100_000), number)),
      () => truncateSync(path, random.int(0, 1000)),
      () => renameSync(path, join(folder, `file-${random.int(0, 199)}`)),
      () => symlinkSync(outside, path),
      () => mkdirSync(path),
    ]);
    try {
      change();
    } catch {
      // Another change was made there before.
    }
    await sleep(0);
  }
};

const changingTrial = inputTrial(
  'changing',
  '`image build` of directories that change meanwhile',
  (random) => Array.from({ length: INPUTS }, () => Buffer.from([random.int(0, 255)])),
  async (input) => {
    const folder = mkdtempSync(join(input.run.home, 'tree-'));
    for (let i = 0; i < 200; i++) writeFileSync(join(folder, `file-${i}`), Buffer.alloc(i * 100, i));
    let isOver = false;
    const changed = keepChanging(folder, input.attempt.random, () => isOver);
    try {
      return await buildFrom(`dir:${folder}`, input);
    } finally {
      isOver = true;
      await changed;
    }
  },
);

const STORED = fileURLToPath(new URL('../../../test/report/stored-run/', import.meta.url));
const REPORTED: readonly number[] = [0, 1, 5];
const REPORTS: readonly (readonly string[])[] = [
  ['report', '--format', 'terminal,markdown,json,csv,html', '--out'],
  ['compare', '--explain'],
  ['pool'],
];

const resultsTrial = inputTrial(
  'results',
  'reports and comparisons of damaged results',
  (random) => {
    const files = [
      readFileSync(join(STORED, 'run.json')),
      gunzipSync(readFileSync(join(STORED, 'samples.ndjson.gz'))),
    ];
    return files.flatMap((file) => sampleOf(random, damaged([file])).slice(0, INPUTS / 2));
  },
  async ({ bytes, at, run, attempt }) => {
    const folder = join(run.home, `run-${at}`);
    cpSync(STORED, folder, { recursive: true });
    const journal = gunzipSync(readFileSync(join(folder, 'samples.ndjson.gz')));
    rmSync(join(folder, 'samples.ndjson.gz'));
    writeFileSync(join(folder, 'samples.ndjson'), journal);
    writeFileSync(join(folder, at < INPUTS / 2 ? 'run.json' : 'samples.ndjson'), bytes);
    const words = pick(attempt.random, REPORTS);
    const args =
      words.at(-1) === '--out' ? [...words, `${join(run.home, `out-${at}`)}/`, folder] : [...words, folder];
    const found = await tryCommand(attempt, run, { args, codes: REPORTED });
    return [
      ...found,
      ...when(existsSync(join(folder, 'run.json')) === false, 'loss', `${args[0]} removed run.json`),
    ];
  },
);

export const inputTrials: readonly Trial[] = [
  propertyTrial('round-trips', 'written and read back: dumps, images, layers, gzip, zstd', 'round-trips'),
  propertyTrial('hostile', 'damaged and hostile dumps, layers, images, gzip, zstd', 'hostile'),
  dumpTrial,
  ociTrial,
  imageTrial,
  serverTrial,
  changingTrial,
  resultsTrial,
];
