// From one version of an image to the next: what has to come, by file and by layer.
import type { GroupData } from '../../results/compare/tally.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { grouped } from '../format.ts';
import { type Answer, READ_BOTH, splitText, triedOn } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import { type Evidence, placeText } from './evidence.ts';
import { countFigures, isEqual } from './observed.ts';
import { unmeasured } from './ratios.ts';
import { SCRIVANO_V3 } from './sources.ts';

const SCENARIO = 'update';
const PER_FILE = 'erofs-overlay';
const PER_LAYER = 'unpacked-overlay';
const BYTES = 'updateFetchBytes';
const REQUESTS = 'updateFetchCount';
/** An image of one layer comes whole by layer, whatever changed. */
const FEWEST_LAYERS = 2;
const AGAIN = `cfsbench run --profile full --scenarios ${SCENARIO}`;
const SHOWN: Readonly<Record<string, string>> = {
  [BYTES]: 'bytes to fetch, uncompressed',
  [REQUESTS]: 'objects or layers to fetch: as many requests',
  updateFileCount: 'names added to the disk',
  updateDiskBytes: 'bytes added to the disk',
  ingestCallCount: 'system calls of ingest',
  createCallCount: 'system calls of create',
};

const imageOf = ({ run }: Evidence, { group }: GroupData): ImageInfo | undefined =>
  run.images.find(({ name }) => name === group.image);

const hasLayers = (evidence: Evidence, group: GroupData): boolean =>
  (imageOf(evidence, group)?.layerCount ?? 0) >= FEWEST_LAYERS;

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const image = imageOf(evidence, group);
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, BYTES));
  const objects = evidence.count(group, PER_FILE, REQUESTS);
  if (!hasLayers(evidence, group) || image === undefined || !file || !layer || objects === null) return null;
  if (![file, layer, objects].every(isEqual)) return 'unclear';
  return objects.most < image.objectCount && file.most < layer.most ? 'yes' : 'no';
};

const exact = (what: string, metric: string, value: number): Figure => ({
  what,
  metric,
  value,
  interval: null,
});

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] => {
  const image = imageOf(evidence, group);
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, BYTES));
  if (image === undefined || !file || !layer) return [];
  const place = placeText(group);
  return [
    exact(
      `bytes fetched by file ÷ by layer (${place}, ${image.layerCount} layers)`,
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
    exact(`objects of the new version (${place})`, 'objectCount', image.objectCount),
    exact(`bytes of all objects of the new version (${place})`, 'objectBytes', image.objectBytes),
  ];
};

const supportedText = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => hasLayers(evidence, group))
    .map((group) => {
      const objects = evidence.count(group, PER_FILE, REQUESTS)!.most;
      return `${grouped(objects)} of ${grouped(imageOf(evidence, group)!.objectCount)} objects of ${group.group.image} had to come, fewer bytes than by layer`;
    })
    .join('; ');

const judge = (evidence: Evidence): Judgement => {
  const { agreed, figures } = triedOn(evidence, SCENARIO, answerOf, figuresOf);
  switch (agreed.kind) {
    case 'none':
      return figures.length > 0
        ? {
            verdict: 'undecided',
            because: `measured on images of one layer only: these come whole by layer, whatever changed`,
            wouldDecide: AGAIN,
            figures,
          }
        : unmeasured(evidence, [PER_FILE, PER_LAYER, ...evidence.run.plan.images, SCENARIO], AGAIN);
    case 'unclear':
      return {
        verdict: 'undecided',
        because: 'what had to be fetched differs between passes',
        wouldDecide: AGAIN,
        figures,
      };
    case 'split':
      return {
        verdict: 'undecided',
        because: splitText(agreed.yes, agreed.no),
        wouldDecide: READ_BOTH,
        figures,
      };
    case 'all':
      return agreed.answer === 'yes'
        ? { verdict: 'supported', because: supportedText(evidence), figures }
        : {
            verdict: 'not supported',
            because: 'every object of the new version had to come, or no fewer bytes than by layer',
            figures,
          };
  }
};

export const claim: Claim = {
  id: 'C15',
  text: 'Of a new version only the files that are missing need fetching.',
  by: [
    {
      ...SCRIVANO_V3,
      said: 'a client validates the signature of the manifest and fetches only what is missing, even from an insecure source',
    },
  ],
  scenarios: [SCENARIO],
  rule: `What appears in the local store on the way from one version of an image to a real later one, uncompressed, of images of at least ${FEWEST_LAYERS} layers. Supported when, equal in every pass, fewer objects come than the later version has, and objects and manifest together take fewer bytes than the layers that differ. Not supported otherwise. Undecided when images disagree, passes differ, or every image has one layer. The number of objects and of layers, each a request, stands beside.`,
  objection:
    'Objects are many small requests; layers travel compressed; and a publisher who puts an update into a layer of its own fetches little by layer too.',
  answer:
    'The requests are counted and shown; both sides are uncompressed. The two versions are those of a distribution, whose updates are in the lowest layer, so that every layer above it was built anew. That a client refuses what an insecure source makes up is not measured here: only what has to come.',
  judge,
};
