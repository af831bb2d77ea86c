// What a run.json and a line of samples.ndjson must look like before anything is computed from them.
import {
  type Check,
  count,
  either,
  fields,
  list,
  nullable,
  number,
  oneOf,
  optional,
  pairOf,
  record,
  text,
  truth,
} from './check.ts';
import { ResultsError } from './errors.ts';
import {
  type Asked,
  type Catalogue,
  type Conditions,
  type EndedGroup,
  type Environment,
  type Fairness,
  type ImageInfo,
  type Judgement,
  type Metric,
  type Moment,
  PHASES,
  type Plan,
  type Proof,
  type Resumed,
  type RunFile,
  type Sample,
  SCHEMA,
  type ScenarioInfo,
  type Slot,
} from './schema/run.ts';

const params = record(either((value) => typeof value === 'string', text, number));

const slotFields = {
  seq: count,
  block: count,
  order: count,
  pass: oneOf('time', 'count'),
  scenario: text,
  arm: text,
  backend: text,
  image: text,
  cache: oneOf('cold', 'warm', 'hot'),
  params,
  placement: optional(oneOf('free', 'same-cpu')),
} as const;

const slot: Check<Slot> = fields<Slot>(slotFields);

const sampleFields = {
  ...slotFields,
  startedAt: text,
  session: optional(count),
  slotNs: number,
  took: record(text),
  notes: list(text),
  outcome: oneOf('ok', 'failed', 'skipped'),
};

const base = fields(sampleFields as { [K in keyof typeof sampleFields]: Check<unknown> });
const values = record(number);
const ledger = record(record(record(count)));
const failed = fields<{ phase: string; code: string; message: string }>({
  phase: oneOf<string>(...PHASES, 'prepare', 'leak'),
  code: text,
  message: text,
});
const skipped = fields<{ need: string; reason: string }>({ need: text, reason: text });

const schemaOf = (value: unknown, at: string): void => {
  const schema = typeof value === 'object' && value !== null ? (value as { schema?: unknown }).schema : null;
  if (schema === SCHEMA) return;
  throw new ResultsError(`${at}: expected schema ${SCHEMA}`, {
    facts: [`found: ${JSON.stringify(schema) ?? 'none'}`],
    hint:
      typeof schema === 'number' && schema > SCHEMA
        ? 'read it with the newer cfsbench that wrote it'
        : 'name what a run of cfsbench wrote',
  });
};

export const checkSample = (value: unknown, at: string): Sample => {
  schemaOf(value, at);
  base(value, at);
  const sample = value as Sample;
  if (sample.outcome === 'ok') {
    values(sample.values, `${at}: values`);
    if (sample.ledger !== undefined) ledger(sample.ledger, `${at}: ledger`);
  } else if (sample.outcome === 'failed') failed(sample, at);
  else skipped(sample, at);
  return sample;
};

const metric = fields<Metric>({
  title: text,
  better: oneOf('lower', 'higher'),
  noise: oneOf('exact', 'quasi', 'noisy'),
  judged: optional(truth),
});

const catalogue = fields<Catalogue>({
  metrics: record(metric),
  scenarios: record(
    fields<ScenarioInfo>({
      question: text,
      cache: oneOf('cold', 'warm', 'hot'),
      reproduce: text,
      headline: list(text),
      ownSection: optional(truth),
      metrics: optional(record(metric)),
    }),
  ),
  backends: record(fields({ title: text, how: text })),
  phases: record(text),
});

const image = fields<ImageInfo>({
  name: text,
  source: text,
  contents: oneOf('real', 'synthetic'),
  entryCount: count,
  fileCount: count,
  directoryCount: count,
  symlinkCount: count,
  layerCount: count,
  fileBytes: count,
  objectCount: count,
  objectBytes: count,
  manifestBytes: count,
  layerTarBytes: count,
  imageVersion: oneOf(0, 1),
  describedDigest: text,
  manifestDigest: text,
  treeDigest: text,
});

const proof = fields<Proof>({
  image: text,
  arm: text,
  treeDigest: nullable(text),
  level: optional(oneOf('contents', 'metadata', 'merged-inodes')),
  equal: truth,
  difference: nullable(text),
  hidden: optional(list(text)),
  fsType: text,
  took: record(text),
});

const environment = fields<Environment>({
  kernel: text,
  kernelCommandLine: text,
  architecture: text,
  distribution: text,
  cpuModel: text,
  cpuCount: count,
  memoryBytes: count,
  governor: nullable(text),
  mitigations: record(text),
  virtualization: nullable(text),
  workFileSystem: fields({ type: text, device: text, options: text }),
  tools: record(text),
  loadAverage: list(number),
  privilege: oneOf('root', 'user namespace'),
  features: record(fields({ ok: truth, detail: text })),
  slotPathBytes: optional(count),
});

const plan = fields<Plan>({
  seed: text,
  profile: text,
  budgetNs: nullable(number),
  blocks: count,
  baseline: text,
  arms: list(text),
  scenarios: list(text),
  images: list(text),
  lives: optional(count),
  dropped: list(text),
  slots: list(slot),
  looks: optional(list(count)),
  ended: optional(
    list(
      fields<EndedGroup>({
        scenario: text,
        params,
        image: text,
        blocks: count,
        why: oneOf('decided', 'budget', 'enough'),
      }),
    ),
  ),
  ab: optional(nullable(pairOf(text))),
});

const reading = nullable(number);
const moment = fields<Moment>({
  at: text,
  loadAverage: list(number),
  governor: nullable(text),
  turbo: nullable(truth),
  smt: nullable(truth),
  clocksource: nullable(text),
  memoryBytes: reading,
  memoryAvailableBytes: reading,
  swapUsedBytes: reading,
  hottestMilliCelsius: reading,
  cpuTicks: reading,
  idleTicks: reading,
  stealTicks: reading,
  cpuPressureUs: reading,
  ioPressureUs: reading,
  memoryPressureUs: reading,
  swapInCount: reading,
  swapOutCount: reading,
  majorFaultCount: reading,
  oomKillCount: reading,
  throttleCount: reading,
  monotonicNs: number,
});

const run = fields<Omit<RunFile, 'schema'>>({
  id: text,
  startedAt: text,
  host: text,
  cfsbench: fields({ version: text, commit: nullable(text) }),
  commandLine: list(text),
  environment,
  catalogue,
  images: list(image),
  proofs: list(proof),
  skipped: list(fields({ what: text, need: text, reason: text })),
  plan,
  status: oneOf('running', 'complete', 'interrupted', 'out-of-time', 'failed'),
  finishedAt: nullable(text),
  wallNs: nullable(number),
  ledgerSource: text,
  warnings: list(text),
  conditions: optional(
    fields<Conditions>({
      start: moment,
      end: nullable(moment),
      otherMounts: list(text),
      kernelWarnings: nullable(list(text)),
      judged: list(fields<Judgement>({ id: text, severity: oneOf('noise', 'note'), text, hint: text })),
    }),
  ),
  fairness: optional(
    list(
      fields<Fairness>({
        image: text,
        arm: text,
        manifestBytes: count,
        inodeCount: count,
        compactInodeCount: count,
        extendedInodeCount: count,
        xattrEntryCount: count,
        hasAcl: truth,
        digests: truth,
        sparseFileCount: nullable(count),
        backing: text,
        mounts: list(text),
      }),
    ),
  ),
  asked: optional(
    fields<Asked>({
      cwd: text,
      options: record((value, at) =>
        typeof value === 'boolean'
          ? value
          : typeof value === 'number'
            ? number(value, at)
            : Array.isArray(value)
              ? list(text)(value, at)
              : text(value, at),
      ),
    }),
  ),
  resumed: optional(list(fields<Resumed>({ session: count, at: text }))),
});

export const checkRun = (value: unknown, at: string): RunFile => {
  schemaOf(value, at);
  run(value, at);
  return value as RunFile;
};
