// Facts that tell apart machines on which the same program takes another time.
import type { Environment } from '../schema/machine.ts';
import type { Fingerprint } from './fingerprint.ts';

export const machineFacts = (environment: Environment): Fingerprint => ({
  architecture: environment.architecture,
  cpu: `${environment.cpuCount} x ${environment.cpuModel}`,
  kernel: environment.kernel,
  workFileSystem: environment.workFileSystem.type,
});
