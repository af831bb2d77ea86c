// A signed image in two versions, and a server of it in a process of its own.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSource } from '../../../harness/images/registry.ts';
import type { Image } from '../../../harness/model/image.ts';
import { Digesters } from '../../../harness/remote/digesters.ts';
import { DEFAULT_LIMITS, type RemoteLimits } from '../../../harness/remote/limits.ts';
import { startImageServer as startProcess } from '../../../harness/remote/processes.ts';
import { publish } from '../../../harness/remote/publish.ts';
import { baseUrl, Remote } from '../../../harness/remote/request.ts';
import { type ServeOptions, serveImages } from '../../../harness/remote/serve.ts';
import { objectPath } from '../../../harness/store/objects.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { listObjects } from '../support/list-objects.ts';

export const NAME = 'debian';

interface PublishedImage {
  readonly dir: string;
  readonly image: Image;
  readonly publicKey: KeyObject;
  readonly keyPath: string;
  /** Without lies, delay and rate; version 1 is the old one. */
  readonly serve: ServeOptions;
  remove(): void;
}

const prepared = async (spec: string, dir: string, objectDir: string): Promise<Image> => {
  const source = await openSource(spec);
  try {
    return await prepareImage(source, { dir, objectDir });
  } finally {
    await source.close();
  }
};

/** `files`: of a synthetic image. */
export const publishedImage = async (files: number, name = NAME): Promise<PublishedImage> => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-served-'));
  const objectDir = join(dir, 'objects');
  const keys = generateKeyPairSync('ed25519');
  const keyPath = join(dir, 'public.pem');
  writeFileSync(keyPath, keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const versions = [];
  for (const sequence of [1, 2]) {
    const own = join(dir, `version-${sequence}`);
    const image = await prepared(`synthetic:files=${files},layers=2,seed=remote-${sequence}`, own, objectDir);
    const at = join(dir, `published-${sequence}`);
    mkdirSync(at);
    versions.push({ image, files: publish(image, { name, sequence, key: keys.privateKey, dir: at }) });
  }
  const [old, current] = versions as [(typeof versions)[0], (typeof versions)[0]];
  return {
    dir,
    image: current.image,
    publicKey: keys.publicKey,
    keyPath,
    serve: {
      files: current.files,
      old: Object.fromEntries(Object.entries(old.files).filter(([path]) => /\.(cfs|sig|layers)$/.test(path))),
      objects: {
        pack: current.image.packPath,
        sizes: current.image.objects.map(({ digest, sizeBytes }) => [digest, sizeBytes]),
      },
      link: { delayMs: 0, bytesPerS: null },
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
};

interface RunningImageServer {
  readonly url: string;
  /** What it lied about so far: a line `KIND PATH` for each lie. */
  lies(): readonly string[];
  close(): Promise<void>;
}

let serverCount = 0;

const readLies = (lieLog: string): readonly string[] =>
  existsSync(lieLog) ? readFileSync(lieLog, 'utf8').split('\n').slice(0, -1) : [];

/** The same in this process, which starts at once. */
export const imageServerHere = async (dir: string, options: ServeOptions): Promise<RunningImageServer> => {
  const lieLog = join(dir, `server-here-${process.pid}-${serverCount++}.lies`);
  const server = await serveImages({ ...options, lieLog });
  return {
    url: `http://127.0.0.1:${server.port}/`,
    lies: () => readLies(lieLog),
    close: async () => server.close(),
  };
};

export const startImageServer = async (dir: string, options: ServeOptions): Promise<RunningImageServer> => {
  const lieLog = join(dir, `server-${process.pid}-${serverCount++}.lies`);
  const server = await startProcess({ ...options, lieLog });
  return { ...server, lies: () => readLies(lieLog) };
};

interface ClientStore {
  readonly remote: Remote;
  /** The object folder. */
  readonly dir: string;
  readonly digesters: Digesters;
  close(): void;
}

/** An empty store and a connection to a server. */
export const clientStore = (dir: string, url: string, limits: Partial<RemoteLimits> = {}): ClientStore => {
  const objects = mkdtempSync(join(dir, 'client-'));
  const remote = new Remote(baseUrl(url), { ...DEFAULT_LIMITS, ...limits });
  const digesters = new Digesters();
  return {
    remote,
    dir: objects,
    digesters,
    close() {
      digesters.close();
      remote.close();
      rmSync(objects, { recursive: true });
    },
  };
};

/** Objects whose bytes do not have the digest of their name. */
export const wrongObjects = (dir: string): readonly string[] =>
  listObjects(dir).filter((digest) => verityDigest(readFileSync(join(dir, objectPath(digest)))) !== digest);
