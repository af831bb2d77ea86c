// Pulls layer tars: the signed list of their digests, then each tar by its digest, as a container runtime does.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { LIMITS } from '../model/input-limits.ts';
import { type Verified, verifying } from './digesters.ts';
import { inLanes, refusedAs } from './lanes.ts';
import { pendingFile } from './pending-file.ts';
import { pullSigned, type SignedSource } from './pull-signed.ts';
import { type Refused, refusal } from './refused.ts';
import type { Remote } from './request.ts';
import { layerPath, layersName, layersPath } from './served.ts';

/** A layer tar. */
export interface ServedLayer {
  /** SHA-256 of the tar, 64 hex digits. */
  readonly id: string;
  readonly tarBytes: number;
}

const LINE_BYTES = 64 + 1 + 16 + 1;

export const layersText = (layers: readonly ServedLayer[]): string =>
  layers.map(({ id, tarBytes }) => `${id} ${tarBytes}\n`).join('');

const parseLayers = (text: string): readonly ServedLayer[] => {
  const layers = [...text.matchAll(/^([0-9a-f]{64}) (0|[1-9]\d{0,14})\n/gm)].map(
    ([, id, tarBytes]): ServedLayer => ({ id: id!, tarBytes: Number(tarBytes) }),
  );
  if (layersText(layers) !== text)
    throw new UserError('a signed list of layers has a line other than DIGEST SIZE', {
      code: 'bad-layers',
    });
  return layers;
};

/** Bottom first. */
export const pullLayerList = async (source: SignedSource, name: string): Promise<readonly ServedLayer[]> => {
  const { bytes } = await pullSigned(source, {
    what: `the list of layers of ${name}`,
    path: layersPath(name),
    name: layersName(name),
    mostBytes: LIMITS.layers * LINE_BYTES,
  });
  return parseLayers(bytes.toString('latin1'));
};

interface LayerPull {
  readonly remote: Remote;
  /** For tars, which get their name when their digest is right. */
  readonly dir: string;
  /** Counts digested bytes and time. */
  readonly verified: Verified;
  /** Called for each layer as soon as its digest is right, while others are fetched. */
  ready(layer: ServedLayer, tarPath: string): Promise<void>;
}

const pullLayer = async (layer: ServedLayer, { remote, dir, verified }: LayerPull): Promise<string> => {
  const file = pendingFile(dir);
  const hash = createHash('sha256');
  const what = `layer ${layer.id}`;
  try {
    await remote.get({ what, path: layerPath(layer.id), bytes: layer.tarBytes }, (piece) => {
      verifying(verified, () => hash.update(piece));
      verified.bytes += piece.length;
      file.write(piece);
    });
    const found = verifying(verified, () => hash.digest('hex'));
    verified.count++;
    if (found !== layer.id) throw refusal(what, 'wrong-digest', `its bytes have the digest ${found}`);
    const path = join(dir, `${layer.id}.tar`);
    file.commit(path);
    return path;
  } finally {
    file.discard();
  }
};

/** Returns the refused layers. A layer that several places share is fetched once. */
export const pullLayers = async (
  layers: readonly ServedLayer[],
  pull: LayerPull,
): Promise<readonly Refused[]> => {
  const distinct = [...new Map(layers.map((layer) => [layer.id, layer])).values()];
  const failed: unknown[] = [];
  const under: Promise<void>[] = [];
  const fetchAll = (): Promise<readonly Refused[]> =>
    inLanes(distinct, pull.remote.limits, (layer) =>
      refusedAs(`layer ${layer.id}`, async () => {
        const path = await pullLayer(layer, pull);
        under.push(pull.ready(layer, path).catch((error: unknown) => void failed.push(error)));
      }),
    );
  // Nothing works on after the end, also after a failure.
  const refused = await fetchAll().finally(() => Promise.all(under));
  if (failed.length > 0) throw failed[0];
  return refused;
};
