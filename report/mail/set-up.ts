// What was measured on what, and with which commands: what a reader needs before the first number.
import { formatBytes, formatInstant, formatNs, grouped, shellLine } from '../format.ts';
import type { ReportView } from '../view.ts';
import { pipeTable } from './pipes.ts';
import { bullet, command, indented, type Lines, paragraph, term } from './words.ts';

const conditionsOf = ({ conditions, environment }: ReportView): string => {
  const noise = (conditions?.judged ?? []).filter(({ severity }) => severity === 'noise');
  const load = environment.loadAverage[0]?.toFixed(2) ?? 'unknown';
  return noise.length === 0
    ? `load ${load} at the start`
    : `load ${load} at the start; noisy: ${noise.map(({ text }) => text).join('; ')}`;
};

export const setUp = (view: ReportView): Lines => {
  const { environment: env, run, plan } = view;
  const commit = run.cfsbench.commit === null ? '' : ` (${run.cfsbench.commit.slice(0, 12)})`;
  const wall = run.wallNs === null ? '' : `, ${formatNs(run.wallNs)} in all`;
  return [
    ...term('kernel', `Linux ${env.kernel} ${env.architecture}, ${env.distribution}`),
    ...term(
      'machine',
      `${env.cpuModel}, ${env.cpuCount} CPUs, ${formatBytes(env.memoryBytes)}, ${env.virtualization ?? 'no hypervisor seen'}`,
    ),
    ...term('governor', env.governor ?? 'unknown'),
    ...term(
      'disk',
      `${env.workFileSystem.type} on ${env.workFileSystem.device} (${env.workFileSystem.options.replaceAll(',', ', ')})`,
    ),
    ...term('privilege', env.privilege),
    ...term('conditions', conditionsOf(view)),
    ...term(
      'tools',
      Object.entries(env.tools)
        .map(([, version]) => version)
        .join('; '),
    ),
    ...term('cfsbench', `${run.cfsbench.version}${commit}, calls counted by ${run.ledgerSource}`),
    ...term(
      'run',
      `${view.id}, ${formatInstant(run.startedAt)}, ${run.status}${wall}: profile ${plan.profile}, seed ${plan.seed}, ${view.sampleCount} slots`,
    ),
  ];
};

export const images = (view: ReportView): Lines =>
  pipeTable(
    ['image', 'entries', 'files', 'layers', 'contents', 'composefs image', 'layer tars'],
    view.images.map((image) => [
      image.name,
      grouped(image.entryCount),
      grouped(image.fileCount),
      grouped(image.layerCount),
      `${formatBytes(image.fileBytes)}${image.contents === 'synthetic' ? ' *' : ''}`,
      formatBytes(image.manifestBytes),
      formatBytes(image.layerTarBytes),
    ]),
  );

export const backends = (view: ReportView): Lines =>
  view.arms
    .filter(({ role }) => role !== 'null')
    .flatMap(({ id, how, role }) => bullet(`${id}${role === 'baseline' ? ' (the baseline)' : ''}: ${how}`));

/** Only what was asked in this run. */
export const commands = (view: ReportView): Lines => {
  const asked = new Set(
    [...view.tables, ...view.further]
      .flatMap(({ sections }) => sections.map(({ scenario }) => scenario))
      .concat(view.observed.map(({ scenario }) => scenario)),
  );
  return [
    ...paragraph('The whole run again, with the same order of slots:'),
    '',
    ...command(
      shellLine(
        view.run.commandLine.includes('--seed')
          ? view.run.commandLine
          : [...view.run.commandLine, '--seed', view.plan.seed],
      ),
    ),
    '',
    ...paragraph('Inside each window:'),
    '',
    ...view.scenarios
      .filter(({ id }) => asked.has(id))
      .flatMap(({ id, reproduce, cache }) => [`${id} (${cache} cache)`, ...indented(reproduce)]),
  ];
};
