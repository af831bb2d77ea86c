// Turns unpacked root file systems into the fixtures that ship with the project.
//
// Usage:  node make-fixtures-main.js ROOTS OUT EPOCH
// Reads:  ROOTS/NAME (a root file system) and ROOTS/NAME.packages (`name version` lines) of the images below.
// Does:   writes OUT/NAME.dump.gz for every layer, and OUT/images.json. An image without a root keeps its files in OUT; a layer
//         on top of it is the difference to these.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { openDir } from './dir.ts';
import { openDump } from './dump.ts';
import { printDump } from './dump-print.ts';
import type { Fixture } from './fixture.ts';
import { diffLayer } from './layer-diff.ts';
import { withoutVolatile } from './volatile.ts';

interface Recipe {
  readonly name: string;
  readonly title: string;
  readonly made: string;
  /** Root of the layer below, if there is one. */
  readonly base?: string;
}

const RECIPES: readonly Recipe[] = [
  {
    name: 'debian-12-certs',
    title: 'Debian 12: base-files, netbase, ca-certificates and libc6 only',
    made: 'four packages unpacked without their scripts',
  },
  {
    name: 'debian-12-certs-security',
    title: 'Debian 12: base-files, netbase, ca-certificates and libc6 only, with updates',
    made: 'debian-12-certs again, with bookworm-updates and bookworm-security: a later version of it',
  },
  {
    name: 'debian-12-static',
    title: 'Debian 12: base-files, netbase, tzdata, ca-certificates and libc6 only',
    made: 'five packages unpacked without their scripts',
  },
  {
    name: 'debian-12-base',
    title: 'Debian 12, minimal, without documentation and translations',
    made: 'mmdebstrap --variant=minbase, main archive only',
  },
  {
    name: 'debian-12-python',
    title: 'Debian 12, minimal, with python3',
    made: 'a layer on debian-12-base: the same with --include=python3',
    base: 'debian-12-base',
  },
  {
    name: 'debian-12-base-security',
    title: 'Debian 12, minimal, with security updates',
    made: 'debian-12-base again, with bookworm-updates and bookworm-security',
  },
  {
    name: 'debian-12-python-security',
    title: 'Debian 12, minimal, with python3 and security updates',
    made: 'a layer on debian-12-base-security: a later version of debian-12-python',
    base: 'debian-12-base-security',
  },
  {
    name: 'debian-12-nginx',
    title: 'Debian 12, minimal, with nginx-light',
    made: 'a layer on debian-12-base: the same with --include=nginx-light',
    base: 'debian-12-base',
  },
  {
    name: 'debian-12-developer',
    title: 'Debian 12 for developers: gcc, git, Python, npm, kernel headers, libraries to build with',
    made: 'a layer on debian-12-base: the same with the packages that make-fixtures lists as $developer',
    base: 'debian-12-base',
  },
];

const fileBytes = (tree: Tree): number => {
  let sum = 0;
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if ((entry.mode & S_IFMT) === S_IFREG && entry.link === null) sum += Number(entry.size);
  }
  return sum;
};

const shippedTree = async (out: string, name: string): Promise<Tree> =>
  (await openDump(join(out, `${name}.dump.gz`), name)).tree;

const makeFixtures = async (roots: string, out: string, epochSec: bigint): Promise<void> => {
  const trees = new Map<string, Tree>();
  const images: Fixture[] = [];
  const list = join(out, 'images.json');
  const before = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { images: Fixture[] }).images
    : [];
  for (const { name, title, made, base } of RECIPES) {
    if (!existsSync(join(roots, name))) {
      const kept = before.find((fixture) => fixture.name === name);
      if (kept === undefined) throw new Error(`${join(roots, name)} is missing, and ${list} has no ${name}`);
      images.push(kept);
      continue;
    }
    const tree = withoutVolatile((await openDir(join(roots, name), name)).tree, epochSec);
    trees.set(name, tree);
    const layer =
      base === undefined ? tree : diffLayer(trees.get(base) ?? (await shippedTree(out, base)), tree);
    const file = `${name}.dump.gz`;
    writeFileSync(join(out, file), gzipSync(Buffer.concat([...printDump(layer)]), { level: 9 }));
    images.push({
      name,
      title,
      made,
      layers: base === undefined ? [file] : [`${base}.dump.gz`, file],
      entryCount: tree.count,
      fileBytes: fileBytes(tree),
      packages: readFileSync(join(roots, `${name}.packages`), 'latin1')
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    });
    process.stdout.write(`${name}: ${tree.count} entries, ${layer.count} in its top layer\n`);
  }
  writeFileSync(list, `${JSON.stringify({ images }, null, 1)}\n`);
};

const [roots, out, epoch] = process.argv.slice(2);
if (roots === undefined || out === undefined || epoch === undefined) {
  process.stderr.write('usage: make-fixtures-main.js ROOTS OUT EPOCH\n');
  process.exitCode = 1;
} else await makeFixtures(roots, out, BigInt(epoch));
