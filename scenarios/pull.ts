// Pulls a signed image over HTTP from a server in another process, and mounts it: from nothing, or from its earlier version.
//
// Manifest backends: signature and manifest, one stat for each object, ranges of the pack (or each object by itself) over 8 connections,
// digests and names, mount. Unpacked layers: a signed list of digests, missing layers over 8 connections, each unpacked by tar as soon
// as its digest is right, while others are still fetched; several are unpacked at the same time, where containerd unpacks one after the
// other. Nothing is compressed on either way. The client is a process that has started before the window.
//
// Lazy start: only signature and manifest are fetched before the mount; the first file is fetched when it is read; then all others.
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import type { Image } from '../harness/model/image.ts';
import { known, sumOf } from '../harness/model/metrics.ts';
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import type { ClientRequest, PullReport } from '../harness/remote/client-requests.ts';
import { openPullClient, startImageServer } from '../harness/remote/processes.ts';
import { publish } from '../harness/remote/publish.ts';
import { fileToFetch } from './image-files.ts';
import { elapsed } from './in-mount.ts';
import { inspect } from './inspect.ts';
import { firstVersion, laterVersions } from './versions.ts';

const NAME = 'image';
const LAZY = 'composefs-fuse-lazy';
const LIMIT_MS = 120_000;
const SEQUENCE = 2;
const BYTES_PER_MBIT = 125_000;
const MEGABYTE = 1e6;
const PAGES = 1;

/** `mbitPerS` 0: no limit. */
interface PullLink {
  readonly delayMs: number;
  readonly mbitPerS: number;
}

const LOCAL: PullLink = { delayMs: 0, mbitPerS: 0 };
const FAST: PullLink = { delayMs: 5, mbitPerS: 1000 };
const SLOW: PullLink = { delayMs: 40, mbitPerS: 50 };

const variation = (
  versions: string,
  have: 'nothing' | 'earlier',
  link: PullLink,
  via: 'pack' | 'objects' = 'pack',
): Params => ({ local: 'nothing', versions, have, via, ...link });

const served = (
  image: Image,
  dir: string,
  params: Params,
): Parameters<typeof startImageServer>[0] & { pem: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const mbitPerS = Number(params['mbitPerS']);
  return {
    files: publish(image, { name: NAME, sequence: SEQUENCE, key: privateKey, dir }),
    objects: {
      pack: image.packPath,
      sizes: image.objects.map(({ digest, sizeBytes }) => [digest, sizeBytes]),
    },
    link: {
      delayMs: Number(params['delayMs']),
      bytesPerS: mbitPerS === 0 ? null : mbitPerS * BYTES_PER_MBIT,
    },
    pem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
};

interface PullPlace {
  readonly url: string;
  readonly pem: string;
  readonly isManifest: boolean;
}

const requestOf = ({ slot, store, folder }: Stage, { url, pem, isManifest }: PullPlace): ClientRequest => {
  const common = { url, keyPem: pem, name: NAME, leastSequence: SEQUENCE };
  if (slot.backend === LAZY) return { kind: 'fetch', ...common, dir: store.objectDirs[0]! };
  return isManifest
    ? { kind: 'image', ...common, dir: store.objectDirs[0]!, via: slot.params['via'] as 'pack' | 'objects' }
    : { kind: 'layers', ...common, tarDir: folder('tars'), layerDir: store.layerDir };
};

interface PulledLife {
  /** Until the first file was read. */
  readonly report: PullReport;
  /** Time of fetching the rest after the first file, nanoseconds; 0 if nothing was missing. */
  readonly restWallNs: number;
}

/** Pull, create, mount, the first page of a file whose contents came with the pull; then all of it is removed. */
const pullAndMount = async (
  stage: Stage,
  request: ClientRequest,
  pull: (request: ClientRequest, limitMs: number) => Promise<PullReport>,
): Promise<PulledLife> => {
  const { prepared, store, image, slot, others } = stage;
  const earlier = slot.params['have'] === 'earlier' ? others[0]!.objects : [];
  const local = new Set(earlier.map(({ digest }) => digest));
  const first = fileToFetch(image.tree, { local, seed: 'pull' });
  const [dir, at] = [stage.folder('image'), stage.folder('mount')];
  // The program of the inspector is loaded, and its code was run.
  await inspect(stage, { kind: 'replay', root: '', steps: [['open', process.execPath, [[0, PAGES]]]] });
  stage.sync();
  const ingested = await stage.phase('ingest', () => pull(request, LIMIT_MS));
  const created = await stage.phase('create', () => prepared.create(store, dir));
  const mounted = await stage.phase('mount', () => created.mount(at));
  stage.mounted(mounted);
  await stage.phase('use', () =>
    inspect(stage, { kind: 'replay', root: mounted.root, steps: [['open', first!, [[0, PAGES]]]] }),
  );
  let [report, restWallNs] = [ingested, 0];
  if (request.kind === 'fetch') {
    report = await pull({ kind: 'fetched' }, LIMIT_MS);
    restWallNs = await elapsed(async () => {
      await pull({ kind: 'rest' }, LIMIT_MS);
    });
  }
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return { report, restWallNs };
};

const valuesOf = ({ report, restWallNs }: PulledLife): Values => ({
  restWallNs,
  pullBytes: report.receivedBytes,
  pullRequestCount: report.requestCount,
  pullMissingCount: report.missingCount,
  pullSignatureNs: report.signedNs,
  pullLookupNs: report.missingNs,
  pullFetchNs: report.fetchNs,
  pullVerifyNs: report.verifyNs,
  pullCpuNs: report.cpuNs,
  ...(report.missingCount === 0 ? {} : { pullVerifyEachNs: report.verifyNs / report.missingCount }),
  ...(report.verifiedBytes === 0
    ? {}
    : { pullVerifyMegabyteNs: (report.verifyNs / report.verifiedBytes) * MEGABYTE }),
});

const run = async (stage: Stage): Promise<Values> => {
  const { prepared, store, others, image, slot, machine } = stage;
  const isManifest = store.objectDirs.length > 0;
  const earlier = slot.params['have'] === 'earlier' ? await stage.prepare(others[0]!) : null;
  await earlier?.ingest(store);
  const old = await earlier?.create(store, stage.folder('earlier'));
  const before = new Set(machine.files.names(store.layerDir));
  const dir = stage.folder('served');
  const { pem, ...options } = served(image, dir, slot.params);
  const [server, client] = [await startImageServer(options), openPullClient()];
  client.start();
  try {
    const request = requestOf(stage, { url: server.url, pem, isManifest });
    const values = valuesOf(await pullAndMount(stage, request, client.pull));
    const pulled = machine.files.names(store.layerDir).filter((name) => !before.has(name));
    if (pulled.length > 0)
      await machine.command('rm', ['rm', '-rf', ...pulled.map((name) => join(store.layerDir, name))]);
    await old?.destroy();
    await prepared.collect(store, []);
    return values;
  } finally {
    await client.close();
    await server.close();
    for (const path of Object.values(options.files))
      if (path.startsWith(`${dir}/`)) machine.files.unlink(path);
  }
};

const lower = (title: string, noise: Metric['noise'] = 'noisy'): Metric => ({
  title,
  better: 'lower',
  noise,
});

export const scenario: Scenario = {
  id: 'pull',
  question: 'How long does it take to pull a signed image from an untrusted server, and to use it?',
  cache: 'warm',
  reproduce:
    'an HTTP server on loopback with delay and rate; signature, list of missing objects, fetch over 8 connections, digests, names (unpacked layers: tar -x of each layer whose digest is right); create, mount, the first page of a file',
  headline: [
    'pullFirstWallNs',
    'pullReadyWallNs',
    'pullBytes',
    'pullRequestCount',
    'pullVerifyNs',
    'pullCpuNs',
  ],
  ownSection: true,
  needs: [],
  passes: ['time'],
  params: [variation('certs', 'nothing', FAST), variation('certs', 'earlier', FAST)],
  largeParams: [
    variation('certs', 'nothing', FAST, 'objects'),
    variation('certs', 'earlier', FAST, 'objects'),
    variation('base', 'earlier', FAST),
    variation('python', 'nothing', FAST),
    variation('python', 'earlier', LOCAL),
    variation('python', 'earlier', FAST),
    variation('python', 'earlier', SLOW),
  ],
  only: ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay', LAZY],
  source: (params) => laterVersions(params)[0]!,
  others: (params) => [firstVersion(params)],
  oneLook: true,
  inspects: true,
  metrics: {
    pullFirstWallNs: lower('time to the first file: pull, create, mount, first page of a file'),
    pullReadyWallNs: lower('time until everything is local and mounted'),
    pullBytes: lower('bytes received until the first file was read, without headers', 'exact'),
    pullRequestCount: lower('requests until the first file was read', 'quasi'),
    pullMissingCount: lower('objects or layers fetched until the first file was read', 'exact'),
    pullSignatureNs: lower('part: signature and signed file'),
    pullLookupNs: lower('part: finding missing objects or layers'),
    pullFetchNs: lower('part: fetch, digests, names; layers: unpacking'),
    pullVerifyNs: lower('verification of fetched contents: time of the digests'),
    pullVerifyEachNs: lower('the same for each object or layer'),
    pullVerifyMegabyteNs: lower('the same for each MB'),
    pullCpuNs: lower('CPU of the client and of its tar'),
  },
  cycles: () => 1,
  roughNs: (size, { delayMs, mbitPerS }) =>
    1.5e9 +
    size.objectCount * 2.5e5 +
    size.objectBytes * (4 + (Number(mbitPerS) === 0 ? 0 : 8000 / Number(mbitPerS))) +
    Number(delayMs) * 2e7,
  run,
  derive: ({ restWallNs = 0, ...values }) => {
    const mounted = sumOf(values, ['ingestWallNs', 'createWallNs', 'mountWallNs']);
    const first = sumOf(values, ['ingestWallNs', 'createWallNs', 'mountWallNs', 'useWallNs']);
    return {
      ...values,
      ...known('pullFirstWallNs', first),
      // A lazy start has everything after the first file only.
      ...known('pullReadyWallNs', restWallNs > 0 && first !== null ? first + restWallNs : mounted),
    };
  },
};
