// The pull client: reads one JSON request per line of standard input, prints one JSON reply per line.
import { createPublicKey } from 'node:crypto';
import { createInterface } from 'node:readline';
import { UserError } from '../model/errors.ts';
import type { ImageObject } from '../model/image.ts';
import { FETCH_SOCKET } from '../store/fetch-socket.ts';
import { ensureFolder } from '../store/folders.ts';
import { cpuUsage } from '../sys/usage.ts';
import type { ClientReply, ClientRequest, PullReport } from './client-requests.ts';
import { Digesters } from './digesters.ts';
import { openFetcher } from './fetcher.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { type PullVia, pullManifest, pullMissing } from './pull-image.ts';
import { pullLayerList, pullLayers } from './pull-layers.ts';
import type { SignedSource } from './pull-signed.ts';
import { throwRefused } from './refused.ts';
import { baseUrl, Remote } from './request.ts';
import { hasLayer, unpackLayer } from './unpack-layer.ts';
import { missingObjects, objectsOf } from './wanted-objects.ts';

type PullTimes = Pick<PullReport, 'missingCount' | 'signedNs' | 'missingNs' | 'fetchNs'>;

const nowNs = (): number => Number(process.hrtime.bigint());

const cpuNs = (): number => {
  const { userNs, systemNs } = cpuUsage();
  return userNs + systemNs;
};

/** One pull: its connections, its digests and their times. */
class Pull {
  readonly remote: Remote;
  readonly digesters = new Digesters();
  readonly source: SignedSource;
  readonly #cpuNs = cpuNs();
  #lastNs = nowNs();

  constructor({ url, keyPem, leastSequence }: Exclude<ClientRequest, { kind: 'fetched' | 'rest' }>) {
    this.remote = new Remote(baseUrl(url), DEFAULT_LIMITS);
    this.source = { remote: this.remote, key: createPublicKey(keyPem), leastSequence };
  }

  /** Time since the last step. */
  step(): number {
    const last = this.#lastNs;
    this.#lastNs = nowNs();
    return this.#lastNs - last;
  }

  report(times: PullTimes): PullReport {
    const { requestCount, receivedBytes } = this.remote;
    const { bytes, ns } = this.digesters.verified;
    return {
      ...times,
      requestCount,
      receivedBytes,
      verifiedBytes: bytes,
      verifyNs: ns,
      cpuNs: cpuNs() - this.#cpuNs,
    };
  }

  close(): void {
    this.digesters.close();
    this.remote.close();
  }
}

interface ManifestStep {
  readonly bytes: Buffer;
  readonly signedNs: number;
}

const manifestStep = async (pull: Pull, name: string, dir: string): Promise<ManifestStep> => {
  ensureFolder(dir);
  const { bytes } = await pullManifest(pull.source, name);
  return { bytes, signedNs: pull.step() };
};

type Asked<K extends ClientRequest['kind']> = Extract<ClientRequest, { kind: K }>;

interface ObjectsPlace {
  readonly name: string;
  readonly dir: string;
  readonly via: PullVia;
}

/** Fetches what the folder lacks. */
const objectsStep = async (
  pull: Pull,
  { name, dir, via }: ObjectsPlace,
  objectsToHave: () => readonly ImageObject[],
): Promise<Omit<PullTimes, 'signedNs'>> => {
  const objects = objectsToHave();
  const missing = missingObjects(objects, dir);
  const missingNs = pull.step();
  const { remote, digesters } = pull;
  throwRefused(await pullMissing({ remote, name, dir, digesters, via }, objects, missing));
  return { missingCount: missing.length, missingNs, fetchNs: pull.step() };
};

const pullAll = async (pull: Pull, request: Asked<'image'>): Promise<PullTimes> => {
  const { bytes, signedNs } = await manifestStep(pull, request.name, request.dir);
  return { signedNs, ...(await objectsStep(pull, request, () => objectsOf(bytes))) };
};

const pullAndUnpack = async (pull: Pull, { name, tarDir, layerDir }: Asked<'layers'>): Promise<PullTimes> => {
  const layers = await pullLayerList(pull.source, name);
  const signedNs = pull.step();
  const missing = layers.filter(({ id }) => !hasLayer(layerDir, id));
  const missingNs = pull.step();
  const ready = ({ id }: { readonly id: string }, tarPath: string): Promise<void> =>
    unpackLayer(layerDir, id, tarPath);
  const { remote, digesters } = pull;
  throwRefused(await pullLayers(missing, { remote, dir: tarDir, verified: digesters.verified, ready }));
  return { missingCount: missing.length, signedNs, missingNs, fetchNs: pull.step() };
};

/** A pull whose fetcher runs. */
let fetching: { readonly end: () => Promise<PullReport> } | null = null;

/** A pull whose fetcher has ended. */
let rest: { readonly fetch: () => Promise<PullReport>; close(): void } | null = null;

const closeRest = (): void => {
  rest?.close();
  rest = null;
};

/** The amounts since `before`. */
const since = (before: PullReport, after: PullReport): PullReport => ({
  ...after,
  requestCount: after.requestCount - before.requestCount,
  receivedBytes: after.receivedBytes - before.receivedBytes,
  verifiedBytes: after.verifiedBytes - before.verifiedBytes,
  verifyNs: after.verifyNs - before.verifyNs,
  cpuNs: after.cpuNs - before.cpuNs,
});

const NO_TIMES: PullTimes = { missingCount: 0, signedNs: 0, missingNs: 0, fetchNs: 0 };

const fetchRest = async (
  pull: Pull,
  place: ObjectsPlace,
  objects: readonly ImageObject[],
): Promise<PullReport> => {
  const before = pull.report(NO_TIMES);
  pull.step();
  const times = await objectsStep(pull, place, () => objects);
  return since(before, pull.report({ ...NO_TIMES, ...times }));
};

/** Looks up no object: the FUSE server asks for those that it does not find. */
const startFetching = async (pull: Pull, { name, dir }: Asked<'fetch'>): Promise<PullReport> => {
  const { bytes, signedNs } = await manifestStep(pull, name, dir);
  const objects = objectsOf(bytes);
  const times = { ...NO_TIMES, signedNs, missingNs: pull.step() };
  const { remote, digesters } = pull;
  // A path of the work folder may be too long for the address of a socket.
  process.chdir(dir);
  const fetcher = await openFetcher(FETCH_SOCKET, objects, { remote, dir, digesters });
  fetching = {
    async end() {
      await fetcher.close();
      process.chdir('/');
      fetching = null;
      rest = {
        fetch: () => fetchRest(pull, { name, dir, via: 'pack' }, objects),
        close: () => pull.close(),
      };
      if (fetcher.failures.length > 0) throw fetcher.failures[0];
      throwRefused(fetcher.refused);
      return pull.report({ ...times, fetchNs: fetcher.busyNs(), missingCount: digesters.verified.count });
    },
  };
  return pull.report(times);
};

const report = async (request: ClientRequest): Promise<PullReport> => {
  if (request.kind === 'fetched') {
    if (fetching === null) throw new Error('nothing is fetched');
    try {
      return await fetching.end();
    } catch (error) {
      closeRest();
      throw error;
    }
  }
  if (request.kind === 'rest') {
    if (rest === null) throw new Error('nothing was fetched');
    return rest.fetch().finally(closeRest);
  }
  closeRest();
  const pull = new Pull(request);
  try {
    if (request.kind === 'fetch') return await startFetching(pull, request);
    return pull.report(
      await (request.kind === 'image' ? pullAll(pull, request) : pullAndUnpack(pull, request)),
    );
  } finally {
    if (fetching === null) pull.close();
  }
};

const replyTo = async (request: ClientRequest): Promise<ClientReply> => {
  try {
    return { kind: 'pulled', report: await report(request) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const facts = error instanceof UserError ? error.facts : [];
    const code = (error as NodeJS.ErrnoException).code ?? 'pull';
    return { kind: 'failed', message: error.message, code, facts };
  }
};

for await (const line of createInterface(process.stdin))
  process.stdout.write(`${JSON.stringify(await replyTo(JSON.parse(line) as ClientRequest))}\n`);
process.exit(0);
