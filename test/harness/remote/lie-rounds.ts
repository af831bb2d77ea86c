// Rounds of pulls from a server whose every answer is a lie, and what became of the lies.
import type { KeyObject } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { UserError } from '../../../harness/model/errors.ts';
import type { Image } from '../../../harness/model/image.ts';
import { pullManifest } from '../../../harness/remote/pull-image.ts';
import { pullLayerList, pullLayers, type ServedLayer } from '../../../harness/remote/pull-layers.ts';
import { pullFromPack, pullObjects } from '../../../harness/remote/pull-objects.ts';
import type { Refused } from '../../../harness/remote/refused.ts';
import { listObjects } from '../support/list-objects.ts';
import { clientStore, NAME, wrongObjects } from './support.ts';

export interface LieTally {
  /** Files and objects that were asked for. */
  asked: number;
  /** Refused by a sentence that begins with the name of what was asked for. */
  named: number;
  /** Requests of a round without a sentence; of a range of a pack, which has right objects too, at least one object must have one. */
  unnamed: number;
  /** Wrong bytes under the name of an object or layer, or anything left beside them. */
  stored: number;
  /** Wrong bytes that were given to the caller. */
  served: number;
  /** Errors that are not for people. */
  crashes: number;
}

export const newTally = (): LieTally => ({
  asked: 0,
  named: 0,
  unnamed: 0,
  stored: 0,
  served: 0,
  crashes: 0,
});

interface LieRound {
  readonly url: string;
  /** A server that lies in half of its answers: behind a false signature a false manifest is never asked for. */
  readonly halfUrl: string;
  /** An existing folder for the store of the round. */
  readonly dir: string;
  readonly key: KeyObject;
  readonly image: Image;
  readonly via: 'objects' | 'pack';
}

const SIGNED_TRIES = 10;
const IMPATIENT = {
  silentMs: 2000,
  leastBytesPerS: 1e6,
  parallel: 128,
  refusals: Number.POSITIVE_INFINITY,
};

const countRefused = (tally: LieTally, refused: readonly Refused[]): void => {
  for (const { what, error } of refused) if (error.message.startsWith(`${what}: `)) tally.named++;
};

/** A signed file: right, which is no lie, or refused by name. */
const trySigned = async (tally: LieTally, what: string, pull: () => Promise<boolean>): Promise<void> => {
  try {
    if (!(await pull())) tally.served++;
  } catch (error) {
    tally.asked++;
    if (!(error instanceof UserError)) tally.crashes++;
    else if (error.message.startsWith(what) || error.message.startsWith(`the signature of ${what}`))
      tally.named++;
  }
};

export const lieRound = async (
  tally: LieTally,
  { url, halfUrl, dir, key, image, via }: LieRound,
): Promise<void> => {
  const client = clientStore(dir, url, IMPATIENT);
  const half = clientStore(dir, halfUrl, IMPATIENT);
  const before = { ...tally };
  try {
    const source = { remote: half.remote, key, leastSequence: 2 };
    const manifests = Array.from({ length: SIGNED_TRIES }, () =>
      trySigned(tally, `the manifest of ${NAME}`, async () =>
        (await pullManifest(source, NAME)).bytes.equals(image.manifest),
      ),
    );
    const isOwn = (layers: readonly ServedLayer[]): boolean =>
      layers.length === image.layers.length && layers.every(({ id }, i) => id === image.layers[i]!.id);
    const lists = Array.from({ length: SIGNED_TRIES }, () =>
      trySigned(tally, `the list of layers of ${NAME}`, async () => isOwn(await pullLayerList(source, NAME))),
    );
    await Promise.all([...manifests, ...lists]);
    const pull = { ...client, missing: image.objects };
    tally.asked += image.objects.length + image.layers.length;
    countRefused(tally, await (via === 'pack' ? pullFromPack(NAME, image.objects, pull) : pullObjects(pull)));
    countRefused(
      tally,
      await pullLayers(image.layers, {
        ...client,
        verified: client.digesters.verified,
        async ready() {
          tally.stored++;
        },
      }),
    );
    const [asked, named] = [tally.asked - before.asked, tally.named - before.named];
    tally.unnamed += via === 'objects' ? asked - named : Number(named === 0);
    tally.stored += wrongObjects(client.dir).length;
    if (via === 'objects') tally.stored += listObjects(client.dir).length;
    tally.stored += readdirSync(client.dir).filter((name) => !/^[0-9a-f]{2}$/.test(name)).length;
  } catch {
    tally.crashes++;
  } finally {
    client.close();
    half.close();
  }
};
