// From one version of an image to the next: what has to be fetched by file, and what by layer?
import type { GroupData } from '../../results/compare/tally.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { grouped } from '../format.ts';
import { judgeGroups } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import { type Evidence, groupText } from './evidence.ts';
import { countFigures, exactFigure, isEqual } from './figures.ts';
import { unmeasured } from './missing.ts';
import { SCRIVANO_V3 } from './sources.ts';
import type { Tristate } from './verdicts.ts';

const SCENARIO = 'update';
const PER_FILE = 'erofs-overlay';
const PER_LAYER = 'unpacked-overlay';
const BYTES = 'updateFetchBytes';
const REQUESTS = 'updateFetchCount';
/** An image of one layer is fetched whole by layer, whatever changed. */
const FEWEST_LAYERS = 2;
const COMMAND = `cfsbench run --profile full --scenarios ${SCENARIO}`;
const SHOWN: Readonly<Record<string, string>> = {
  [BYTES]: 'bytes to fetch, uncompressed',
  [REQUESTS]: 'objects or layers to fetch, one request each',
  updateFileCount: 'names added to the disk',
  updateDiskBytes: 'bytes added to the disk',
  ingestCallCount: 'system calls of ingest',
  createCallCount: 'system calls of create',
};

const imageOf = ({ run }: Evidence, { group }: GroupData): ImageInfo | undefined =>
  run.images.find(({ name }) => name === group.image);

const hasLayers = (evidence: Evidence, group: GroupData): boolean =>
  (imageOf(evidence, group)?.layerCount ?? 0) >= FEWEST_LAYERS;

const answer = (evidence: Evidence, group: GroupData): Tristate | null => {
  const image = imageOf(evidence, group);
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, BYTES));
  const objects = evidence.count(group, PER_FILE, REQUESTS);
  if (!hasLayers(evidence, group) || image === undefined || !file || !layer || objects === null) return null;
  if (![file, layer, objects].every(isEqual)) return 'open';
  return objects.most < image.objectCount && file.most < layer.most ? 'yes' : 'no';
};

const figures = (evidence: Evidence, group: GroupData): readonly Figure[] => {
  const image = imageOf(evidence, group);
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, BYTES));
  if (image === undefined || !file || !layer) return [];
  const where = groupText(group);
  return [
    exactFigure(
      `bytes fetched by file ÷ by layer (${where}, ${image.layerCount} layers)`,
      'fetchRatio',
      file.most / layer.most,
    ),
    ...countFigures(
      evidence,
      group,
      [PER_FILE, PER_LAYER].flatMap((arm) =>
        Object.entries(SHOWN).map(([metric, what]) => [arm, metric, what] as const),
      ),
    ),
    exactFigure(`objects of the new version (${where})`, 'objectCount', image.objectCount),
    exactFigure(`bytes of all objects of the new version (${where})`, 'objectBytes', image.objectBytes),
  ];
};

const supported = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => hasLayers(evidence, group))
    .map((group) => {
      const objects = evidence.count(group, PER_FILE, REQUESTS)!.most;
      return `${grouped(objects)} of ${grouped(imageOf(evidence, group)!.objectCount)} objects of ${group.group.image} were missing, fewer bytes than by layer`;
    })
    .join('; ');

const unanswered = (evidence: Evidence, found: readonly Figure[]): Judgement =>
  found.length > 0
    ? {
        verdict: 'undecided',
        because: 'measured on images of one layer only: they are fetched whole by layer, whatever changed',
        wouldDecide: COMMAND,
        figures: found,
      }
    : unmeasured(evidence, [PER_FILE, PER_LAYER, ...evidence.run.plan.images, SCENARIO], COMMAND);

export const claim: Claim = {
  id: 'C15',
  text: 'Only the missing files of a new version need fetching.',
  by: [
    {
      ...SCRIVANO_V3,
      said: 'a client validates the signature of the manifest and fetches only what is missing, even from an insecure source',
    },
  ],
  scenarios: [SCENARIO],
  rule: `What the local store gains, uncompressed, between one version of an image and a real later one, for images of at least ${FEWEST_LAYERS} layers. Supported: equal in every pass, fewer objects are added than the later version has, and objects and manifest together take fewer bytes than the layers that differ. Not supported: otherwise. Undecided: images disagree, passes differ, or every image has one layer. The numbers of objects and of layers, each a request, are shown for context.`,
  objection:
    'Objects are many small requests; layers are compressed in transfer; and a publisher who puts an update into a layer of its own lets clients fetch little by layer, too.',
  answer:
    'Requests are counted and shown; both sides are uncompressed. Both versions come from a distribution, whose updates change the lowest layer, so that every layer above it was built anew. Whether a client refuses forged contents from an insecure source is not measured here, only what it has to fetch.',
  judge: (evidence) =>
    judgeGroups(evidence, {
      scenario: SCENARIO,
      needs: [],
      answer,
      figures,
      unanswered,
      open: () => ({ because: 'what had to be fetched differs between passes', wouldDecide: COMMAND }),
      supported,
      notSupported: () => 'every object of the new version was missing, or no fewer bytes than by layer',
    }),
};
