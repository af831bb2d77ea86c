import type { GroupData } from '../../results/compare/tally.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { grouped } from '../format.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';

const SCENARIO = 'update';
const PER_FILE = 'erofs-overlay';
const PER_LAYER = 'unpacked-overlay';
const VERSIONS = ['debian-12-base', 'debian-12-base-security'];
const AGAIN = `cfsbench run --scenarios ${SCENARIO}`;
const SHOWN: Readonly<Record<string, string>> = {
  updateFetchBytes: 'bytes to fetch, uncompressed',
  updateFetchCount: 'objects or layers to fetch',
  updateFileCount: 'names added to the disk',
  updateDiskBytes: 'bytes added to the disk',
  ingestCallCount: 'system calls of ingest',
  createCallCount: 'system calls of create',
};

const exact = (what: string, metric: string, value: number): Told => ({
  what,
  metric,
  value,
  interval: null,
});

const numbers = (
  evidence: Evidence,
  group: GroupData,
  image: ImageInfo | undefined,
  ratio: number,
): readonly Told[] => [
  exact(`${group.group.image}: bytes fetched by file ÷ by layer`, 'fetchRatio', ratio),
  ...[PER_FILE, PER_LAYER].flatMap((arm) =>
    Object.entries(SHOWN).flatMap(([metric, what]) => {
      const count = evidence.count(group, arm, metric);
      return count === null ? [] : [exact(`${arm}: ${what}`, metric, count.most)];
    }),
  ),
  ...(image === undefined
    ? []
    : [exact('bytes of all objects of the new version', 'objectBytes', image.objectBytes)]),
];

const unmeasured = (evidence: Evidence): Judged => {
  const why = [PER_FILE, PER_LAYER, ...VERSIONS]
    .map((id) => evidence.whyMissing(id))
    .find((reason) => reason !== null);
  if (why != null) return { verdict: 'not testable', because: why, told: [] };
  const because = evidence.whyMissing(SCENARIO) ?? 'no update from one version to the next was measured';
  return { verdict: 'undecided', because, wouldDecide: AGAIN, told: [] };
};

const judge = (evidence: Evidence): Judged => {
  const [group] = evidence.groups({ scenario: SCENARIO });
  if (group === undefined) return unmeasured(evidence);
  const [file, layer] = [PER_FILE, PER_LAYER].map((arm) => evidence.count(group, arm, 'updateFetchBytes'));
  const objects = evidence.count(group, PER_FILE, 'updateFetchCount');
  if (!file || !layer || objects === null) return unmeasured(evidence);
  const image = evidence.run.images.find(({ name }) => name === group.group.image);
  const told = numbers(evidence, group, image, file.most / layer.most);
  if (image === undefined || file.least !== file.most || layer.least !== layer.most)
    return {
      verdict: 'undecided',
      because: 'what had to be fetched differs between passes',
      wouldDecide: AGAIN,
      told,
    };
  const some = objects.most < image.objectCount;
  if (some && file.most < layer.most)
    return {
      verdict: 'supported',
      because: `${grouped(objects.most)} of ${grouped(image.objectCount)} objects had to come, fewer bytes than by layer`,
      told,
    };
  const because = some
    ? 'what had to come by file is no less than what had to come by layer'
    : 'every object of the new version had to come';
  return { verdict: 'not supported', because, told };
};

export const claim: Claim = {
  id: 'C15',
  text: 'Of a new version only the files that are missing need fetching.',
  by: 'Giuseppe Scrivano, early 2023, in the discussion of composefs',
  scenarios: [SCENARIO],
  rule: 'what appeared in the store on the way from version 1 to version 2 of an image, uncompressed, equal in every pass. Supported: fewer objects than version 2 has, and objects and manifest together take fewer bytes than the layers that were not there. Not supported: otherwise.',
  objection:
    'Layers and objects travel compressed, and a publisher who puts an update into a small layer of its own fetches little by layer too.',
  answer:
    'Both sides are counted uncompressed. The two versions are those of a distribution: the updates are in the base, so that every layer above was built anew. Bytes on disk and system calls stand beside.',
  judge,
};
