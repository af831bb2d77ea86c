// From one version of an image to the next: what has to be fetched by file, and what by layer?
import type { GroupData } from '../../results/compare/tally.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { grouped } from '../format.ts';
import { type CountedAnswer, judgeGroups } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import {
  deviationFigure,
  deviationText,
  ENFORCED,
  type EnforcedEnd,
  endsAnswer,
  enforcedEnds,
  refusedFigures,
} from './enforcement.ts';
import { type Evidence, groupText } from './evidence.ts';
import { countFigures, EVERY_PASS, exactFigure, hasFewPasses, isEqual } from './figures.ts';
import { NO_FAILURE, unmeasured } from './missing.ts';
import { SCRIVANO_V3 } from './sources.ts';
import type { Tristate } from './verdicts.ts';

const SCENARIO = 'update';
const PULL = 'pull';
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

/** From an untrusted server, as far as the run tried it: everything that differs from the signed data must be refused. */
const endsOf = (evidence: Evidence): readonly EnforcedEnd[] => enforcedEnds(evidence, ['signature']);
const mustBeRefused = (): boolean => true;

const PULLED = { bytes: 'pullBytes', requests: 'pullRequestCount', missing: 'pullMissingCount' } as const;
const ONTO_EARLIER = { have: 'earlier', via: 'pack' } as const;

/** The same images end to end, signature and manifest included. */
const pullGroups = (evidence: Evidence): readonly GroupData[] =>
  evidence.groups({ scenario: PULL, params: ONTO_EARLIER }).filter((group) => hasLayers(evidence, group));

/** Of the objects fewer were missing than there are, and they took fewer bytes than the layers. */
const sidesAnswer = (
  evidence: Evidence,
  group: GroupData,
  [bytes, missing]: readonly [bytes: string, missing: string],
): CountedAnswer | null => {
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, bytes));
  const objects = evidence.count(group, PER_FILE, missing);
  const image = imageOf(evidence, group);
  if (!hasLayers(evidence, group) || image === undefined || !file || !layer || objects === null) return null;
  if (hasFewPasses([file, layer, objects])) return 'few';
  if (![file, layer, objects].every(isEqual)) return 'open';
  return objects.most < image.objectCount && file.most < layer.most ? 'yes' : 'no';
};

const updateAnswer = (evidence: Evidence, group: GroupData): CountedAnswer | null =>
  sidesAnswer(evidence, group, [BYTES, REQUESTS]);

/** Few passes of a pull leave it open, as passes that differ do. */
const pullAnswer = (evidence: Evidence, group: GroupData): Tristate | null => {
  const answer = sidesAnswer(evidence, group, [PULLED.bytes, PULLED.missing]);
  return answer === 'few' ? 'open' : answer;
};

/** One part that contradicts the claim refutes it; parts that were not measured do not count. */
const together = (answers: readonly (CountedAnswer | null)[]): CountedAnswer | null => {
  const measured = answers.filter((one) => one !== null);
  if (measured.length === 0) return null;
  if (measured.includes('no')) return 'no';
  if (measured.includes('few')) return 'few';
  return measured.includes('open') ? 'open' : 'yes';
};

/** A slot in which a server attacked may have failed because the attack broke the client. */
const hasBroken = (evidence: Evidence): boolean =>
  evidence.failed({ scenario: ENFORCED, params: { level: 'signature' } }).length > 0 ||
  evidence
    .failed({ scenario: PULL, params: ONTO_EARLIER })
    .some(({ arm }) => arm === PER_FILE || arm === PER_LAYER);

const answer = (evidence: Evidence, group: GroupData): CountedAnswer | null => {
  const fetched = updateAnswer(evidence, group);
  return fetched === null
    ? null
    : together([
        fetched,
        ...pullGroups(evidence).map((one) => pullAnswer(evidence, one)),
        endsAnswer(endsOf(evidence), mustBeRefused),
        hasBroken(evidence) ? 'open' : null,
      ]);
};

/** By file ÷ by layer, `done` is what was done with them. Null: not measured. */
const bytesFigure = (evidence: Evidence, group: GroupData, metric: string, done: string): Figure | null => {
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, metric));
  const image = imageOf(evidence, group);
  if (image === undefined || !file || !layer) return null;
  const what = `bytes ${done} by file ÷ by layer (${groupText(group)}, ${image.layerCount} layers)`;
  return exactFigure(what, 'fetchRatio', file.most / layer.most);
};

/** Of a group that contradicts the claim: every object was missing, or no fewer bytes. */
const contraryFigure = (
  evidence: Evidence,
  group: GroupData,
  [bytes, objects, done]: readonly [bytes: string, objects: string, done: string],
): Figure | null => {
  const all = imageOf(evidence, group)?.objectCount ?? 0;
  const missing = evidence.count(group, PER_FILE, objects)?.most ?? 0;
  return missing >= all
    ? exactFigure(
        `objects ${done} ÷ objects of the new version (${groupText(group)})`,
        'objectRatio',
        missing / all,
      )
    : bytesFigure(evidence, group, bytes, done);
};

const decidedBy = (evidence: Evidence, group: GroupData, is: 'yes' | 'no'): Figure | null => {
  if (is === 'yes') return bytesFigure(evidence, group, BYTES, 'fetched');
  if (updateAnswer(evidence, group) === 'no')
    return contraryFigure(evidence, group, [BYTES, REQUESTS, 'fetched']);
  const pull = pullGroups(evidence).find((one) => pullAnswer(evidence, one) === 'no');
  return pull === undefined
    ? deviationFigure(endsOf(evidence), mustBeRefused)
    : contraryFigure(evidence, pull, [PULLED.bytes, PULLED.missing, 'pulled']);
};

const figures = (evidence: Evidence, group: GroupData): readonly Figure[] => {
  const image = imageOf(evidence, group);
  const ratio = bytesFigure(evidence, group, BYTES, 'fetched');
  if (image === undefined || ratio === null) return [];
  const where = groupText(group);
  return [
    ratio,
    ...countFigures(
      evidence,
      group,
      [PER_FILE, PER_LAYER].flatMap((arm) =>
        Object.entries(SHOWN).map(([metric, what]) => [arm, metric, what] as const),
      ),
    ),
    ...pullGroups(evidence).flatMap((one) =>
      countFigures(
        evidence,
        one,
        [PER_FILE, PER_LAYER].flatMap(
          (arm) =>
            [
              [arm, PULLED.bytes, 'bytes pulled, signature and manifest included'],
              [arm, PULLED.requests, 'requests of the pull'],
            ] as const,
        ),
      ),
    ),
    ...refusedFigures(endsOf(evidence)),
    exactFigure(`objects of the new version (${where})`, 'objectCount', image.objectCount),
    exactFigure(`bytes of all objects of the new version (${where})`, 'objectBytes', image.objectBytes),
  ];
};

/** Attacks by an untrusted server, in a clause. */
const sourceText = (evidence: Evidence): string => {
  const ends = endsOf(evidence);
  if (ends.length === 0) return `attacks by a server were not tried (scenario ${ENFORCED})`;
  const refused = ends.filter(({ isRefused }) => isRefused === true).length;
  return `a client refused ${refused} of ${ends.length} attacks by its server`;
};

const supported = (evidence: Evidence): string => `${missingText(evidence)}; ${sourceText(evidence)}`;

const notSupported = (evidence: Evidence): string => {
  const served = deviationText(endsOf(evidence), mustBeRefused);
  return served === ''
    ? 'every object of the new version was missing, or fetching by file takes as many bytes as by layer, or more'
    : served;
};

const missingText = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => updateAnswer(evidence, group) !== null)
    .map((group) => {
      const objects = evidence.count(group, PER_FILE, REQUESTS)!.most;
      return `${grouped(objects)} of ${grouped(imageOf(evidence, group)!.objectCount)} objects of ${group.group.image} were missing, fewer bytes than by layer`;
    })
    .join('; ');

const unanswered = (evidence: Evidence, found: readonly Figure[]): Judgement =>
  found.length > 0
    ? {
        verdict: 'undecided',
        because: 'every measured image has one layer: fetching by layer takes all of it, whatever changed',
        wouldDecide: COMMAND,
        figures: found,
      }
    : unmeasured(evidence, [PER_FILE, PER_LAYER, ...evidence.run.plan.images, SCENARIO], COMMAND);

const BROKEN = {
  because: 'slots of pulls, or of attacks by a server, failed',
  wouldDecide: NO_FAILURE,
} as const;

const DIFFERENT = {
  because: 'passes had to fetch different objects or bytes, or there are fewer than three passes',
  wouldDecide: COMMAND,
} as const;

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
  further: [PULL, ENFORCED],
  rule: `What the local store gains, uncompressed, between one version of an image and a real later one, for images of at least ${FEWEST_LAYERS} layers. Where the run pulled the later version end to end from a server (${PULL}), the same holds for what was received, signature and manifest included; where a server attacked (${ENFORCED}), the client must have refused every attack. Supported: equal in ${EVERY_PASS}, fewer objects are added than the later version has, and objects and manifest together take fewer bytes than the layers that differ. Not supported: otherwise. Undecided: images disagree, passes differ, every image has one layer, or slots of updates, pulls or attacks failed. The numbers of objects and of layers, each a request, are shown for context.`,
  objection:
    'Objects are many small requests; layers are compressed in transfer; and a publisher who puts an update into a layer of its own lets clients fetch little by layer, too.',
  answer:
    'Requests are counted and shown; both sides are uncompressed. Both versions come from a distribution, whose updates change the lowest layer, so that every layer above it was built anew. What a client refuses is told by attacks of its server, each of a kind that the debate names; 100,000 lies by chance are a test of the project.',
  judge: (evidence) =>
    judgeGroups(evidence, {
      scenario: SCENARIO,
      arms: [PER_FILE, PER_LAYER],
      needs: [],
      answer,
      decidedBy,
      figures,
      unanswered,
      open: () => (hasBroken(evidence) ? BROKEN : DIFFERENT),
      supported,
      notSupported,
    }),
};
