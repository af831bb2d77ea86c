// The pull client: reads one JSON request per line of standard input, prints one JSON reply per line.
import { createPublicKey } from 'node:crypto';
import { createInterface } from 'node:readline';
import { UserError } from '../model/errors.ts';
import { ensureFolder } from '../store/folders.ts';
import { cpuUsage } from '../sys/usage.ts';
import type { ClientReply, ClientRequest, PullReport } from './client-requests.ts';
import { Digesters } from './digesters.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { pullManifest, pullMissing } from './pull-image.ts';
import { pullLayerList, pullLayers } from './pull-layers.ts';
import { throwRefused } from './refused.ts';
import { baseUrl, Remote } from './request.ts';
import { hasLayer, unpackLayer } from './unpack-layer.ts';
import { missingObjects, objectsOf } from './wanted-objects.ts';

type PullTimes = Pick<PullReport, 'missingCount' | 'signedNs' | 'missingNs' | 'fetchNs'>;

const nowNs = (): number => Number(process.hrtime.bigint());

interface PullStep {
  readonly remote: Remote;
  readonly digesters: Digesters;
}

const pull = async (request: ClientRequest, { remote, digesters }: PullStep): Promise<PullTimes> => {
  const { name, leastSequence, keyPem } = request;
  const source = { remote, key: createPublicKey(keyPem), leastSequence };
  const from = nowNs();
  if (request.kind === 'image') {
    ensureFolder(request.dir);
    const { bytes } = await pullManifest(source, name);
    const signed = nowNs();
    const objects = objectsOf(bytes);
    const missing = missingObjects(objects, request.dir);
    const known = nowNs();
    const { dir, via } = request;
    throwRefused(await pullMissing({ remote, name, dir, digesters, via }, objects, missing));
    return {
      missingCount: missing.length,
      signedNs: signed - from,
      missingNs: known - signed,
      fetchNs: nowNs() - known,
    };
  }
  const { tarDir, layerDir } = request;
  const layers = await pullLayerList(source, name);
  const signed = nowNs();
  const missing = layers.filter(({ id }) => !hasLayer(layerDir, id));
  const known = nowNs();
  const ready = ({ id }: { readonly id: string }, tarPath: string): Promise<void> =>
    unpackLayer(layerDir, id, tarPath);
  throwRefused(await pullLayers(missing, { remote, dir: tarDir, verified: digesters.verified, ready }));
  return {
    missingCount: missing.length,
    signedNs: signed - from,
    missingNs: known - signed,
    fetchNs: nowNs() - known,
  };
};

const report = async (request: ClientRequest): Promise<PullReport> => {
  const remote = new Remote(baseUrl(request.url), DEFAULT_LIMITS);
  const digesters = new Digesters();
  const before = cpuUsage();
  try {
    const times = await pull(request, { remote, digesters });
    const after = cpuUsage();
    const { requestCount, receivedBytes } = remote;
    return {
      ...times,
      requestCount,
      receivedBytes,
      verifiedBytes: digesters.verified.bytes,
      verifyNs: digesters.verified.ns,
      cpuNs: after.userNs + after.systemNs - before.userNs - before.systemNs,
    };
  } finally {
    digesters.close();
    remote.close();
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
