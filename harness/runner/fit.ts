// What fits a budget. Blocks are never given up: images go first, from the last one, then scenarios that the first table is not
// about, those that were asked for last first. Once images are ready and counted, what no claim stands on goes before them.
//
// Pure. Costs are rough before anything was measured and come from the counting passes afterwards.

export interface Costed {
  readonly image: string;
  readonly scenario: string;
  /** Its scenario is never left out: the first table is about it. */
  readonly kept: boolean;
  /** The scenario names its image itself: no image of the run goes for it. */
  readonly own?: boolean;
  /** Of the other scenarios the highest goes first. */
  readonly rank?: number;
  /** No claim stands on its scenario. */
  readonly spare?: boolean;
  /** One block of this group, all its arms and the null arm, nanoseconds. */
  readonly blockNs: number;
  /** What it costs once, before the first block: preparing, proving, counting. */
  readonly onceNs: number;
}

export interface Fit {
  /** Of the run, without those that only scenarios name. */
  readonly images: readonly string[];
  readonly scenarios: readonly string[];
  readonly dropped: readonly string[];
  /** Scenario to its line of `dropped`. */
  readonly droppedScenarios: Readonly<Record<string, string>>;
  readonly neededNs: number;
  readonly fits: boolean;
}

const SECOND_NS = 1e9;

/**
 * `costed` in order of importance: the first image is the last to go, unless only a smaller one fits at all. `sparesWithinNs`: images
 * are ready and counted, so that spare scenarios go before one of them does, until all takes no longer than this.
 */
export const fitBudget = (
  costed: readonly Costed[],
  blocks: number,
  availableNs: number,
  sparesWithinNs = Number.POSITIVE_INFINITY,
): Fit => {
  const all = [...new Set(costed.filter(({ own }) => own !== true).map((group) => group.image))];
  let images = all;
  let scenarios = [...new Set(costed.map((group) => group.scenario))];
  const dropped: string[] = [];
  const cost = (of: readonly string[]): number =>
    costed
      .filter(
        (group) => (group.own === true || of.includes(group.image)) && scenarios.includes(group.scenario),
      )
      .reduce((sum, group) => sum + group.onceNs + blocks * group.blockNs, 0);
  const tooMuch = (): boolean => cost(images) > availableNs;
  const why = () => {
    const takes = `${blocks} blocks with it take about ${Math.ceil(cost(images) / SECOND_NS)} s`;
    const leaves = `${Math.max(0, Math.floor(availableNs / SECOND_NS))} s`;
    return tooMuch()
      ? `${takes}, the budget leaves ${leaves}`
      : `${takes} of the ${leaves} that the budget leaves, too many for an estimate`;
  };
  const ranks = new Map(
    costed.filter((group) => !group.kept).map(({ scenario, rank = 0 }) => [scenario, rank] as const),
  );
  const costsNothing = (scenario: string): boolean =>
    costed.every(
      (group) => group.scenario !== scenario || group.onceNs + Math.min(blocks, 1) * group.blockNs === 0,
    );
  // What is done already makes no room.
  const extras = [...ranks.keys()]
    .filter((scenario) => !costsNothing(scenario))
    .sort((a, b) => ranks.get(b)! - ranks.get(a)!);
  const droppedScenarios: Record<string, string> = {};
  const giveUp = (extra: string): void => {
    droppedScenarios[extra] = `scenario ${extra}: ${why()}`;
    dropped.push(droppedScenarios[extra]);
    scenarios = scenarios.filter((scenario) => scenario !== extra);
  };
  const spares = new Set(costed.filter(({ spare }) => spare === true).map(({ scenario }) => scenario));
  // Where nothing else was asked for they are what the run is about.
  const besides = scenarios.some((scenario) => !spares.has(scenario));
  for (const extra of extras)
    if (besides && spares.has(extra) && cost(images) > sparesWithinNs) giveUp(extra);
  while (tooMuch() && images.length > 1) {
    dropped.push(`image ${images.at(-1)}: ${why()}`);
    images = images.slice(0, -1);
  }
  const [smallest] = [...all].sort((a, b) => cost([a]) - cost([b]));
  if (tooMuch() && smallest !== undefined && cost([smallest]) < cost(images)) {
    const others = dropped.filter((line) => !line.startsWith(`image ${smallest}: `));
    dropped.splice(
      0,
      dropped.length,
      ...others,
      `image ${images[0]}: ${why()}; only ${smallest} is measured`,
    );
    images = [smallest];
  }
  for (const extra of extras)
    if (scenarios.includes(extra) && scenarios.length > 1 && tooMuch()) giveUp(extra);
  return { images, scenarios, dropped, droppedScenarios, neededNs: cost(images), fits: !tooMuch() };
};

/** As many lives as were asked for, or fewer where what cannot be left out has no room with them; one where it never has. */
export const livesThatFit = (asked: number, fitWith: (lives: number) => Fit): number => {
  for (let lives = asked; lives > 1; lives--) if (fitWith(lives).fits) return lives;
  return 1;
};

/** The groups whose scenario is left and whose image is, too, where the scenario does not name it itself. */
export const keptGroups = <
  T extends { readonly scenario: { readonly id: string }; readonly image: string; readonly own?: boolean },
>(
  groups: readonly T[],
  { images, scenarios }: Pick<Fit, 'images' | 'scenarios'>,
): readonly T[] =>
  groups.filter(
    ({ scenario, image, own }) => scenarios.includes(scenario.id) && (own === true || images.includes(image)),
  );
