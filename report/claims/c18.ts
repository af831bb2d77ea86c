// Every FUSE server, in every placement, against the kernel's own file systems.
import { isSkippedOn } from '../../results/not-measured.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { formatRatio } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure } from './figures.ts';
import { imageText } from './groups.ts';
import { moreValues, unmeasured } from './missing.ts';
import { allOf, type ClaimPart, type ImageVerdict, overImages } from './verdicts.ts';

const METRIC = 'walkWallNs';
const KERNEL = 'erofs-overlay';
const FUSE = /^composefs-fuse/;
/** They differ from `composefs-fuse` in how contents arrive and are verified, and a listing reads no contents: no scenario lists them. */
export const SAME_LISTING: readonly string[] = ['composefs-fuse-lazy', 'composefs-fuse-verity'];
/** No number was published: one and a half times as long is no longer broadly similar. */
const SIMILAR = 1.5;
const SCENARIOS = ['walk-servers-warm', 'walk-servers-cold'] as const;
const COMMAND = `cfsbench run --scenarios ${SCENARIOS.join(',')} --placement needed`;

type KnownInterval = Extract<Interval, { readonly kind: 'interval' }>;

const PLACEMENTS = ['free', 'same-cpu'] as const;

interface ServerRatio {
  readonly arm: string;
  readonly placement: (typeof PLACEMENTS)[number];
  readonly ratio: KnownInterval;
  readonly figure: Figure;
}

/** Measured, in too few blocks for an interval. */
interface ShortServer {
  readonly arm: string;
  readonly text: string;
}

interface ServersFound {
  readonly known: readonly ServerRatio[];
  readonly short: readonly ShortServer[];
}

/** On one image, with the scheduler's choice of a CPU and with server and client on one CPU. */
const ratiosOf = (evidence: Evidence, scenario: string, image: string): ServersFound => {
  const short: ShortServer[] = [];
  const known = PLACEMENTS.flatMap((placement) =>
    evidence.groups({ scenario, image, params: { placement } }).map((group) => ({ placement, group })),
  ).flatMap(({ placement, group }) =>
    [...(group.time.get(METRIC)?.keys() ?? [])]
      .filter((arm) => FUSE.test(arm))
      .flatMap((arm) => {
        const ratio = evidence.ratio(group, arm, KERNEL, METRIC);
        const shown = figure(`${scenario}, ${arm} ÷ ${KERNEL} on ${imageText(group)}`, 'walkRatio', ratio);
        if (ratio.kind === 'interval' && shown !== null) return [{ arm, placement, ratio, figure: shown }];
        if (ratio.kind === 'tooFew' && ratio.n > 0)
          short.push({ arm, text: `${arm} (${ratio.n} of ${ratio.needed} ${ratio.of ?? 'blocks'})` });
        return [];
      }),
  );
  return { known, short: short.filter(({ arm }) => !known.some((one) => one.arm === arm)) };
};

/** Backends that were not measured, although the run does not say that they cannot run. */
const unmeasuredServers = (
  evidence: Evidence,
  image: string,
  { known, short }: ServersFound,
): readonly string[] =>
  Object.keys(evidence.run.catalogue.backends)
    .filter((id) => FUSE.test(id) && !SAME_LISTING.includes(id))
    .filter((id) => ![...known, ...short].some(({ arm }) => arm === id))
    .filter((id) => !evidence.run.skipped.some((one) => isSkippedOn(one, id, image)));

const lowest = (all: readonly ServerRatio[], end: 'lo' | 'hi'): ServerRatio =>
  all.reduce((best, one) => (one.ratio[end] < best.ratio[end] ? one : best));

/** Every server in every placement; with one CPU there is one placement. */
const isPlaced = ({ run }: Evidence, all: readonly ServerRatio[]): boolean =>
  run.environment.cpuCount === 1 ||
  all.every(({ arm }) =>
    PLACEMENTS.every((placement) => all.some((one) => one.arm === arm && one.placement === placement)),
  );

/** The best server in its best placement counts, for either answer. */
const bestPart = (evidence: Evidence, scenario: string, all: readonly ServerRatio[]): ClaimPart => {
  const cache = scenario === 'walk-servers-warm' ? 'warm' : 'cold';
  const best = lowest(all, 'hi');
  const fastest = lowest(all, 'lo');
  if (best.ratio.hi <= SIMILAR)
    return {
      holds: 'yes',
      because: `${cache}: at most ${SIMILAR} times as long (${best.arm})`,
      figure: best.figure,
    };
  const slower = `${cache}: every server takes more than ${SIMILAR} times as long`;
  if (fastest.ratio.lo > SIMILAR && !isPlaced(evidence, all))
    return {
      holds: 'open',
      because: `${slower}, but not each was measured in both placements`,
      figure: fastest.figure,
    };
  return fastest.ratio.lo > SIMILAR
    ? { holds: 'no', because: slower, figure: fastest.figure }
    : {
        holds: 'open',
        because: `${cache}: our limit is ${SIMILAR}; the best case is ${formatRatio(best.ratio.lo)}..${formatRatio(best.ratio.hi)}`,
        figure: best.figure,
      };
};

/** Why servers that can run have no ratio; null: all have one. */
const missingOn = (
  evidence: Evidence,
  image: string,
  found: readonly ServersFound[],
): Pick<ImageVerdict, 'because' | 'wouldDecide'> | null => {
  const absent = [...new Set(found.flatMap((one) => unmeasuredServers(evidence, image, one)))];
  const short = [...new Set(found.flatMap((one) => one.short.map(({ text }) => text)))];
  if (absent.length + short.length === 0) return null;
  const parts = [
    ...(absent.length === 0 ? [] : [`not measured on ${image}: ${absent.join(', ')}`]),
    ...(short.length === 0 ? [] : [`in too few blocks on ${image}: ${short.join(', ')}`]),
  ];
  return {
    because: `undecided until every server that can run is measured; ${parts.join('; ')}`,
    wouldDecide: absent.length > 0 ? COMMAND : moreValues(evidence),
  };
};

/** Null: one of the scenarios was not measured on this image. */
const verdictOn = (evidence: Evidence, image: string): ImageVerdict | null => {
  const found = SCENARIOS.map((scenario) => [scenario, ratiosOf(evidence, scenario, image)] as const);
  if (found.some(([, { known, short }]) => known.length + short.length === 0)) return null;
  const missing = missingOn(
    evidence,
    image,
    found.map(([, one]) => one),
  );
  const undecided = missing === null ? null : { ...missing, verdict: 'undecided' as const, decidedBy: null };
  const context = found.flatMap(([, { known }]) => known.map((one) => one.figure));
  if (undecided !== null && found.some(([, { known }]) => known.length === 0))
    return { image, ...undecided, figures: context };
  const parts = found.map(([scenario, { known }]) => bestPart(evidence, scenario, known));
  const slowerFirst = [...parts].sort((a, b) => (b.figure?.value ?? 0) - (a.figure?.value ?? 0));
  // In one placement more blocks cannot refute it.
  const isPlacedAll = found.every(([, { known }]) => isPlaced(evidence, known));
  const verdict = allOf(evidence, image, slowerFirst, [], isPlacedAll ? moreValues(evidence) : COMMAND);
  const figures = [...verdict.figures, ...context.filter((one) => !verdict.figures.includes(one))];
  return { ...verdict, figures, ...undecided };
};

const judge = (evidence: Evidence): Judgement => {
  const images = [...evidence.run.images].sort((a, b) => b.entryCount - a.entryCount);
  const verdicts = images.flatMap(({ name }) => verdictOn(evidence, name) ?? []);
  return verdicts.length === 0
    ? unmeasured(evidence, ['composefs-fuse', KERNEL, ...SCENARIOS], `${COMMAND}; ${moreValues(evidence)}`)
    : overImages(verdicts);
};

export const claim: Claim = {
  id: 'C18',
  text: 'For ls -lR, composefs over FUSE is broadly similar to a kernel file system.',
  by: [
    {
      who: 'composefs',
      when: null,
      where: {
        kind: 'page',
        name: 'pull request 112',
        url: 'https://github.com/containers/composefs/pull/112',
      },
      said: 'about its own server; no number was given',
    },
  ],
  scenarios: SCENARIOS,
  rule: `Walk of every FUSE server ÷ ${KERNEL}, warm and cold, on debian-12-base: every variant of cfsbench that lists in a way of its own and, where it is installed, the reference server; undecided if one that can run was not measured, or in too few blocks. The best server in its best placement counts. Supported: its whole interval lies at or below ${SIMILAR}, warm and cold. Not supported: warm or cold, every whole interval lies above ${SIMILAR}, of each server in both placements.`,
  objection:
    'The sentence is about the reference server; and the CPU that the scheduler chooses for a server decides more than its code.',
  answer:
    'The reference server is measured where it is installed; attributes that it does not show are declared in its proof and printed. With --placement needed, the choice of full, each server is measured in both placements: left to the scheduler, and on one CPU with its client.',
  judge,
};
