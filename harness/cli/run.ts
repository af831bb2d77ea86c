// `cfsbench run`: the outer half looks at the machine and enters private namespaces; the inner half does the work there.
import { dirname } from 'node:path';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features } from '../model/machine.ts';
import { enter } from '../sys/namespace.ts';
import { discoverFeatures } from './discover.ts';
import { HANDOVER, type Handover } from './handover.ts';
import { judge } from './needs.ts';
import { type TypedOptions, understand } from './options.ts';
import { measureInside } from './run-inside.ts';
import { checkWorkFolder, chooseFolders } from './work-folder.ts';

const refuseWithoutBackend = (
  chosen: readonly { id: string; needs: (typeof backends)[number]['needs'] }[],
  features: Features,
): void => {
  const reasons = chosen.map(({ id, needs }) => {
    const unmet = needs.map((need) => judge(need, features)).find((judged) => !judged.met);
    return unmet === undefined ? null : `${id}: ${unmet.title}: ${unmet.detail}`;
  });
  if (reasons.some((reason) => reason === null)) return;
  throw new UserError('no backend that was asked for can run here', {
    exit: 4,
    facts: reasons.filter((reason) => reason !== null),
    hint: 'cfsbench doctor',
  });
};

const runOutside = async (typed: TypedOptions): Promise<number> => {
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date();
  const options = understand(typed, backends, scenarios);
  const folders = chooseFolders(options, startedAt);
  checkWorkFolder(folders, options);
  const features = await discoverFeatures(dirname(folders.workDir));
  refuseWithoutBackend(
    options.arms.map((arm) => ({ id: arm.id, needs: arm.backend.needs })),
    features,
  );
  const handover: Handover = {
    features,
    folders,
    seed: options.seed,
    startedAt: startedAt.toISOString(),
    startedNs: String(startedNs),
    ownerPid: process.pid,
  };
  return enter({
    argv: [process.execPath, ...process.argv.slice(1)],
    env: { ...process.env, [HANDOVER]: JSON.stringify(handover) },
  });
};

export const run = async (typed: TypedOptions, version: string): Promise<void> => {
  const handover = process.env[HANDOVER];
  if (handover === undefined) {
    process.exitCode = await runOutside(typed);
    return;
  }
  delete process.env[HANDOVER];
  const { seed, ...told } = JSON.parse(handover) as Handover;
  const options = understand({ ...typed, seed }, backends, scenarios);
  process.exitCode = await measureInside(options, { ...told, seed }, version);
};
