// Every way of serving an image over FUSE that there is here, wherever it was placed, against the kernel's own file systems.
import type { Interval } from '../../results/stats/interval.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, MORE_BLOCKS, unmeasured } from './ratios.ts';
import { type Answer, allOf, overImages, type Part } from './verdicts.ts';

const METRIC = 'walkWallNs';
const KERNEL = 'erofs-overlay';
const FUSE = /^composefs-fuse/;
/** A word, not a number, was published: one and a half times as long is no longer broadly similar. */
const SIMILAR = 1.5;
const SCENARIOS = ['walk-servers-warm', 'walk-servers-cold'] as const;
const COMMAND = `cfsbench run --scenarios ${SCENARIOS.join(',')}`;

type Known = Extract<Interval, { readonly kind: 'interval' }>;

interface Measured {
  readonly arm: string;
  readonly ratio: Known;
  readonly figures: Figure;
}

/** On one image: the scheduler's choice of a CPU, and one CPU for server and client. */
const measuredIn = (evidence: Evidence, scenario: string, image: string): readonly Measured[] =>
  (['free', 'same-cpu'] as const)
    .flatMap((placement) => evidence.groups({ scenario, image, params: { placement } }))
    .flatMap((group) =>
      [...(group.time.get(METRIC)?.keys() ?? [])]
        .filter((arm) => FUSE.test(arm))
        .flatMap((arm) => {
          const ratio = evidence.ratio(group, arm, KERNEL, METRIC);
          if (ratio.kind === 'tooFew') return [];
          const where = group.group.params['placement'] === 'same-cpu' ? ', on one CPU' : '';
          const [one] = figures(`${scenario}, ${arm} ÷ ${KERNEL} on ${image}${where}`, 'walkRatio', ratio);
          return one === undefined ? [] : [{ arm, ratio, figures: one }];
        }),
    );

/** Backends that were not measured although nothing says that they cannot run here. */
const notAsked = (evidence: Evidence, image: string, measured: readonly Measured[]): readonly string[] =>
  Object.keys(evidence.run.catalogue.backends)
    .filter((id) => FUSE.test(id) && !measured.some(({ arm }) => arm === id))
    .filter((id) => !evidence.run.skipped.some(({ what }) => what === id || what === `${id} on ${image}`));

const least = (all: readonly Measured[], of: (ratio: Known) => number): Measured =>
  all.reduce((best, one) => (of(one.ratio) < of(best.ratio) ? one : best));

/** The best way of serving counts, for either answer. */
const bestPart = (scenario: string, all: readonly Measured[]): Part => {
  const words = scenario === 'walk-servers-warm' ? 'warm' : 'cold';
  const best = least(all, ({ hi }) => hi);
  const fastest = least(all, ({ lo }) => lo);
  if (best.ratio.hi <= SIMILAR)
    return {
      holds: 'yes',
      because: `${words} at most ${SIMILAR} times as long (${best.arm})`,
      figures: best.figures,
    };
  return fastest.ratio.lo > SIMILAR
    ? {
        holds: 'no',
        because: `${words} every one takes more than ${SIMILAR} times as long`,
        figures: fastest.figures,
      }
    : {
        holds: 'open',
        because: `${words} an interval holds ${SIMILAR} times as long`,
        figures: best.figures,
      };
};

const answerOn = (evidence: Evidence, image: string): Answer | null => {
  const found = SCENARIOS.map((scenario) => [scenario, measuredIn(evidence, scenario, image)] as const);
  if (found.some(([, all]) => all.length === 0)) return null;
  const parts = found.map(([scenario, all]) => bestPart(scenario, all));
  // The slower of the two is what both are at least as good as.
  const slowerFirst = [...parts].sort((a, b) => (b.figures?.value ?? 0) - (a.figures?.value ?? 0));
  const beside = found.flatMap(([, all]) => all.map((one) => one.figures));
  const answer = allOf(image, slowerFirst);
  const figures = [...answer.figures, ...beside.filter((one) => !answer.figures.includes(one))];
  const missing = [...new Set(found.flatMap(([, all]) => notAsked(evidence, image, all)))];
  return missing.length === 0
    ? { ...answer, figures }
    : {
        ...answer,
        figures,
        verdict: 'undecided',
        because: `asked with all servers or not at all; not measured on ${image}: ${missing.join(', ')}`,
        wouldDecide: COMMAND,
        decidedBy: null,
      };
};

const judge = (evidence: Evidence): Judgement => {
  const images = [...evidence.run.images].sort((a, b) => b.entryCount - a.entryCount);
  const answers = images.flatMap(({ name }) => answerOn(evidence, name) ?? []);
  return answers.length === 0
    ? unmeasured(evidence, ['composefs-fuse', KERNEL, ...SCENARIOS], `${COMMAND}; ${MORE_BLOCKS}`)
    : overImages(answers);
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
  rule: `Walk of every FUSE server ÷ ${KERNEL}, warm and cold, on debian-12-base: each variant here and, where it is installed, the reference server; if one that can run was not measured, undecided. The best server in its best place counts. Supported: its whole interval lies at or below ${SIMILAR}, warm and cold. Not supported: warm or cold every whole interval lies above ${SIMILAR}.`,
  objection:
    'It was said of the reference server, and where the scheduler puts a server decides more than how it is written.',
  answer:
    'The reference server is asked where it is installed; attributes that it does not show are declared in its proof and printed. Each server is shown left to the scheduler and on one CPU with its client, where the run has both.',
  judge,
};
