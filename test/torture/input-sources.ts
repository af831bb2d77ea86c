// Sources of images: damaged and hostile dumps and OCI layouts, and directories that change while they are read.
import {
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
import fc from 'fast-check';
import type { Random } from '../../harness/model/random.ts';
import { OciLayout, tarOf, uncompressed } from '../harness/images/oci-layouts.ts';
import { hostileDumps } from '../harness/properties/hostile-dumps.ts';
import { hostileTars } from '../harness/properties/hostile-tars.ts';
import { damaged } from '../harness/properties/mutations.ts';
import { buildFrom, dumpText, INPUTS, inputTrial, outsideOf, pick, sampleOf } from './input.ts';

export const dumpTrial = inputTrial(
  'dumps',
  '`image build` of damaged and hostile dumps',
  (random) => sampleOf(random, fc.oneof(hostileDumps, damaged([dumpText(random)]))),
  (input) => {
    const path = join(input.run.home, `dump-${input.at}`);
    writeFileSync(path, input.bytes);
    return buildFrom(`dump:${path}`, input);
  },
);

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

export const ociTrial = inputTrial(
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

export const changingTrial = inputTrial(
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
