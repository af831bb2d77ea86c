// Runs of one plan under several kernels, side by side: features, counts and claims. Pure.
import type { LoadedRun } from '../../results/gate/load.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { askedOf } from '../claims/words.ts';
import { cleaned } from '../cleaned.ts';
import { grouped, plural } from '../format.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import { KERNEL_FEATURES } from './features.ts';
import { tamperTables } from './tampering.ts';

export interface MatrixCell {
  readonly text: string;
  /** Why; empty: nothing to add. */
  readonly detail: string;
  readonly kind: 'yes' | 'no' | 'plain' | 'absent';
}

export interface MatrixRow {
  readonly label: string;
  /** In the order of the kernels. */
  readonly cells: readonly MatrixCell[];
}

export interface MatrixTable {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly MatrixRow[];
}

export interface MatrixKernel {
  /** Short: the head of a column. */
  readonly name: string;
  readonly release: string;
  /** Emulated, on the CPUs of its host, or not in a virtual machine. */
  readonly cpus: string;
  readonly run: string;
  /** `interrupted, 2 failed slots`; empty: complete and without failures. */
  readonly problem: string;
}

/** `Linux 6.12.117; CPUs: emulated; run r1: interrupted`. */
export const kernelText = ({ release, cpus, run, problem }: MatrixKernel): string =>
  `Linux ${release}; ${cpus === 'this machine' ? 'not in a virtual machine' : `CPUs: ${cpus}`}; run ${run}${problem === '' ? '' : `: ${problem}`}`;

export interface MatrixView {
  readonly kernels: readonly MatrixKernel[];
  readonly tables: readonly MatrixTable[];
}

export interface MatrixRun {
  readonly loaded: LoadedRun;
  readonly view: ReportView;
}

const ABSENT: MatrixCell = { text: '-', detail: '', kind: 'absent' };

const cpusOf = ({ guest }: RunFile): string => {
  if (guest === undefined) return 'this machine';
  return guest.emulated ? 'emulated' : 'KVM';
};

const problemOf = ({ run: { status }, tallied: { failures } }: LoadedRun): string => {
  const parts = [
    ...(status === 'complete' ? [] : [status]),
    ...(failures.length === 0 ? [] : [plural(failures.length, 'failed slot')]),
  ];
  return parts.join(', ');
};

const isAlone = (names: readonly string[], name: string): boolean =>
  names.indexOf(name) === names.lastIndexOf(name);

/** `6.12.117`, or the whole release where two runs would share it; runs of one release are numbered in the order of the columns. */
const namesOf = (releases: readonly string[]): readonly string[] => {
  const short = releases.map((release) => /^\d+\.\d+(?:\.\d+)?/.exec(release)?.[0] ?? release);
  return short.map((name, at) => {
    const release = releases[at]!;
    if (isAlone(short, name)) return name;
    if (isAlone(releases, release)) return release;
    const number = releases.slice(0, at + 1).filter((one) => one === release).length;
    const isOneRelease = releases.every((one, other) => short[other] !== name || one === release);
    return `${isOneRelease ? name : release} (${number})`;
  });
};

const featureRows = (runs: readonly MatrixRun[]): readonly MatrixRow[] =>
  KERNEL_FEATURES.map(([id, label]) => ({
    label,
    cells: runs.map(({ loaded: { run } }): MatrixCell => {
      const found = run.environment.features[id];
      if (found === undefined) return ABSENT;
      return { text: found.ok ? 'yes' : 'no', detail: found.detail, kind: found.ok ? 'yes' : 'no' };
    }),
  })).filter(({ cells }) => cells.some(({ kind }) => kind !== 'absent'));

/** Values by row, of one run. */
type CountsOfRun = ReadonlyMap<string, string>;

const callCounts = ({ arms, calls }: ReportView): CountsOfRun =>
  new Map(
    calls.flatMap(({ scenario, params, image, totals }) =>
      totals.flatMap((phases, at) => {
        if (phases === null || arms[at]!.role === 'null') return [];
        const sum = [...phases.values()].reduce((all, { least }) => all + least, 0);
        return [[`${joinParts(scenario, params, image)}: ${arms[at]!.id}`, grouped(sum)] as const];
      }),
    ),
  );

const requestCounts = ({ arms, requests }: ReportView): CountsOfRun =>
  new Map(
    requests.flatMap(({ scenario, params, image, rows }) =>
      rows.flatMap(({ metric, counts }) =>
        counts.flatMap((count, at) =>
          count === null || count.most === 0 || metric !== 'fuseRequestCount' || arms[at]!.role === 'null'
            ? []
            : [[`${joinParts(scenario, params, image)}: ${arms[at]!.id}`, grouped(count.least)] as const],
        ),
      ),
    ),
  );

/** A row for everything that any run counted. `absent`: why a run has no counts, or none that compare with those of the others. */
const countRows = (all: readonly CountsOfRun[], absent?: readonly string[]): readonly MatrixRow[] =>
  [...new Set(all.flatMap((counts) => [...counts.keys()]))].map((label) => ({
    label,
    cells: all.map((counts, at): MatrixCell => {
      const text = counts.get(label);
      return text === undefined
        ? { ...ABSENT, detail: absent?.[at] ?? '' }
        : { text, detail: '', kind: 'plain' };
    }),
  }));

const NOTHING_COUNTED: CountsOfRun = new Map();

/** Counts from one source: strace counts commands alone, and a mount by the harness as nothing. BPF, where a run has it. */
const callTable = (runs: readonly MatrixRun[]): MatrixTable => {
  const counts = runs.map(({ view }) => callCounts(view));
  const sources = runs.map(({ loaded: { run } }) => run.ledgerSource);
  const counted = sources.filter((_, at) => counts[at]!.size > 0);
  const source = counted.includes('bpf') ? 'bpf' : counted[0];
  const absent = sources.map((one) =>
    one === source ? '' : one === 'strace' ? 'counted by strace: commands only' : `not counted: ${one}`,
  );
  const of = source === 'strace' ? 'Of commands only, counted by strace' : 'Of all actors and phases';
  const isMixed = new Set(counted).size > 1;
  return {
    title: 'System calls of one life or walk',
    note: `${of}; the harness’s own runtime is left out.${isMixed ? ' Runs counted by strace are left out: it counts commands only.' : ''}`,
    rows: countRows(
      counts.map((one, at) => (sources[at] === source ? one : NOTHING_COUNTED)),
      absent,
    ),
  };
};

const claimRows = (runs: readonly MatrixRun[]): readonly MatrixRow[] => {
  const asked = runs.map(({ view }) => new Map(askedOf(view.claims).map((claim) => [claim.id, claim])));
  const texts = new Map(asked.flatMap((claims) => [...claims.values()].map(({ id, text }) => [id, text])));
  const inOrder = runs[0]?.view.claims.map(({ id }) => id).filter((id) => texts.has(id)) ?? [];
  return inOrder.map((id) => ({
    label: `${id} ${texts.get(id)}`,
    cells: asked.map((claims): MatrixCell => {
      const claim = claims.get(id);
      if (claim === undefined) return ABSENT;
      const kind = claim.verdict === 'supported' ? 'yes' : claim.verdict === 'not supported' ? 'no' : 'plain';
      return { text: claim.verdict, detail: claim.because, kind };
    }),
  }));
};

/** Of the images that were tried, one with a wrong tree decides; one that the backend cannot show is named. */
const backendCell = ({ skipped, proofs }: RunFile, arm: string): MatrixCell => {
  const skips = skipped.flatMap((one) => (one.kind === 'arm' && one.arm === arm ? [one] : []));
  const proved = proofs.filter((one) => one.arm === arm);
  const wrong = proved.find(({ equal }) => !equal);
  if (wrong !== undefined)
    return {
      ...{ text: 'wrong tree', kind: 'no' },
      detail: `${wrong.image}: ${wrong.difference ?? 'no reason given'}`,
    };
  const reasons = skips.map(({ image, need, reason }) =>
    [...(image === undefined ? [] : [image]), need, reason].join(': '),
  );
  const detail = [...new Set(reasons)].join('; ');
  if (proved.length === 0) return skips.length === 0 ? ABSENT : { text: 'no', detail, kind: 'no' };
  if (skips.length === 0) return { text: 'yes', detail: '', kind: 'yes' };
  const images = new Set(skips.map(({ image }) => image ?? 'all images'));
  return { text: `yes, not ${[...images].join(', ')}`, detail, kind: 'plain' };
};

/** Backends that a kernel cannot run, with the reason. */
const backendRows = (runs: readonly MatrixRun[]): readonly MatrixRow[] => {
  const files = runs.map(({ loaded: { run } }) => run);
  const arms = files.flatMap(({ skipped, proofs }) => [
    ...skipped.flatMap((one) => (one.kind === 'arm' ? [one.arm] : [])),
    ...proofs.map(({ arm }) => arm),
  ]);
  return [...new Set(arms)]
    .filter((arm) => arm !== 'null')
    .map((label) => ({ label, cells: files.map((run) => backendCell(run, label)) }));
};

/** `runs`: in the order of the columns. */
export const matrixOf = (runs: readonly MatrixRun[]): MatrixView => {
  const files = runs.map(({ loaded }) => loaded.run);
  const names = namesOf(files.map(({ environment }) => environment.kernel));
  const tables: readonly MatrixTable[] = [
    {
      title: 'Features of each kernel',
      note: 'Each found by trying it in the run.',
      rows: featureRows(runs),
    },
    {
      title: 'Backends',
      note: 'yes: the mount shows the tree that the image describes, to the last attribute and byte.',
      rows: backendRows(runs),
    },
    callTable(runs),
    {
      title: 'FUSE requests',
      note: 'Fewest of the passes.',
      rows: countRows(runs.map(({ view }) => requestCounts(view))),
    },
    {
      title: 'Claims on trial',
      note: 'Rules that need times are not testable on emulated CPUs.',
      rows: claimRows(runs),
    },
    ...tamperTables(runs.map(({ view }) => view.tampering)),
  ];
  return cleaned<MatrixView>({
    kernels: files.map((run, at) => ({
      name: names[at]!,
      release: run.environment.kernel,
      cpus: cpusOf(run),
      run: run.id,
      problem: problemOf(runs[at]!.loaded),
    })),
    tables: tables.filter(({ rows }) => rows.length > 0),
  });
};
