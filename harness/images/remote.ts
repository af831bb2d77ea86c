// `remote:URL,key=PUBLIC.pem[,least=N]`: a signed image from an untrusted server.
//
// Does:   checks the signature with the key, then every object with its digest.
// Leaves: `cfsbench-remote-…` when it is killed: the folder of the objects, which is removed at the end and after an interrupt.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImage } from '../erofs/read-image.ts';
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { ImageObject, SourceImage } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { Digesters } from '../remote/digesters.ts';
import { readPublicKey } from '../remote/keys.ts';
import { DEFAULT_LIMITS } from '../remote/limits.ts';
import { pullImage } from '../remote/pull-image.ts';
import { throwRefused } from '../remote/refused.ts';
import { baseUrl, Remote } from '../remote/request.ts';
import { isName, NAME_RULE } from '../remote/signed-text.ts';
import { objectPath } from '../store/objects.ts';
import { hasObject } from '../store/prepare.ts';

const FORM = 'remote:http://HOST:PORT/NAME,key=PUBLIC.pem[,least=N]';

interface RemoteSpec {
  readonly base: URL;
  readonly name: string;
  readonly keyPath: string;
  readonly leastSequence?: number;
}

const wrong = (why: string, facts: readonly string[] = []): UserError =>
  new UserError(`remote: ${why}`, { code: 'usage', facts, hint: FORM });

/** Of the numbers that `image sign` takes. */
const sequenceOf = (text: string): number => {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw wrong(`'least=${text}' is no sequence number`, [
    `a whole number from 0 to ${Number.MAX_SAFE_INTEGER} is needed`,
  ]);
};

const parse = (rest: string): RemoteSpec => {
  const [, url, keyPath, least] = /^(.*?),key=(.+?)(?:,least=(.*))?$/s.exec(rest) ?? [];
  if (url === undefined || keyPath === undefined)
    throw wrong('the URL of an image and a public key are needed');
  const slash = url.lastIndexOf('/');
  const name = url.slice(slash + 1);
  if (!isName(name))
    throw wrong('the URL does not end with the name of an image', [`a name has ${NAME_RULE}`]);
  return {
    base: baseUrl(url.slice(0, slash)),
    name,
    keyPath,
    ...(least === undefined ? {} : { leastSequence: sequenceOf(least) }),
  };
};

/** Throws unless every file's object is one that was pulled: a signed path could lead to any file of this machine. */
const checkObjects = (tree: Tree, objects: readonly ImageObject[]): void => {
  const pulled = new Set(objects.map(({ digest }) => objectPath(digest)));
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (!hasObject(entry)) continue;
    const { payload, digest } = entry;
    if (payload !== null && pulled.has(payload) && (digest === null || objectPath(digest) === payload))
      continue;
    throw new UserError('the manifest names no object with the digest of a file', {
      code: 'bad-image',
      facts: [
        `file: ${show(tree.path(index))}`,
        `object: ${payload === null ? 'none' : show(payload)}`,
        `digest: ${digest ?? 'none'}`,
      ],
    });
  }
};

interface RemoteImageOptions {
  /** Folder for the objects; default: the system's temporary folder. */
  readonly spoolDir?: string;
}

export const openRemote = async (
  rest: string,
  source: string,
  options: RemoteImageOptions = {},
): Promise<SourceImage> => {
  const { base, name, keyPath, leastSequence } = parse(rest);
  const key = readPublicKey(keyPath);
  const dir = mkdtempSync(join(options.spoolDir ?? tmpdir(), 'cfsbench-remote-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  const remote = new Remote(base, DEFAULT_LIMITS);
  const digesters = new Digesters();
  try {
    const signed = { remote, key, ...(leastSequence === undefined ? {} : { leastSequence }) };
    const { manifest, objects, refused } = await pullImage(signed, { name, dir, digesters, via: 'objects' });
    throwRefused(refused);
    const tree = readImage(manifest.bytes);
    checkObjects(tree, objects);
    return {
      name,
      source,
      contents: 'real',
      tree,
      layers: [tree],
      content(_, index) {
        const { payload, size } = tree.entry(index);
        return { kind: 'file', file: join(dir, payload!), offset: 0, sizeBytes: Number(size) };
      },
      async close() {
        process.removeListener('exit', remove);
        remove();
      },
    };
  } catch (error) {
    process.removeListener('exit', remove);
    remove();
    throw error;
  } finally {
    digesters.close();
    remote.close();
  }
};
