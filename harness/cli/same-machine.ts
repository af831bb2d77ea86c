// Whether this machine is the one of a run: samples of two machines are not compared.
import { existsSync, realpathSync } from 'node:fs';
import type { RunFile } from '../../results/schema/run.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { serverPath } from '../native/paths.ts';
import { type MachineFacts, readMachineFacts } from '../sys/environment.ts';
import { commitOf } from './version.ts';

const OTHER_SERVER = 'server ';

const factsOf = (environment: MachineFacts, commit: string | null): Readonly<Record<string, string>> => ({
  kernel: environment.kernel,
  architecture: environment.architecture,
  cpu: `${environment.cpuCount} x ${environment.cpuModel}`,
  memory: String(environment.memoryBytes),
  'file system': `${environment.workFileSystem.type} on ${environment.workFileSystem.device}`,
  privilege: environment.privilege,
  cfsbench: commit ?? 'unknown',
  ...environment.tools,
});

export interface AskedRun {
  readonly run: RunFile;
  readonly runDir: string;
  readonly doing: 'resume' | 'confirm';
}

/** `withServers`: the servers that the run names are among the facts. */
export const refuseOtherMachine = (
  { run, runDir, doing }: AskedRun,
  facts: MachineFacts,
  { commit, withServers }: { readonly commit: string | null; readonly withServers: boolean },
): void => {
  const before = factsOf(run.environment, run.cfsbench.commit);
  const now = factsOf(facts, commit);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => (withServers || !key.startsWith(OTHER_SERVER)) && before[key] !== now[key])
    .map((key) => `${key}: was ${before[key] ?? 'absent'}, is ${now[key] ?? 'absent'}`);
  if (changed.length === 0) return;
  throw new UserError(`cannot ${doing} ${visible(runDir)}: the machine or its programs have changed`, {
    exit: 4,
    facts: changed.map(visible),
    hint: 'start a new run: cfsbench run',
  });
};

/** Compares what can be known without running a program that the run names. */
export const refuseOtherMachineEarly = (asked: AskedRun, workParent: string): void => {
  if (!existsSync(workParent)) return; // A run is refused for that, before it makes anything.
  const facts = readMachineFacts(realpathSync(workParent), new Map([['cfs-fuse', serverPath]]));
  refuseOtherMachine(asked, facts, { commit: commitOf(), withServers: false });
};
