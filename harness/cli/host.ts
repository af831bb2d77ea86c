// The name under which a run publishes this machine: a label, or the host name with --publish-host.
import { hostname } from 'node:os';
import { machineLabel } from '../sys/machine-label.ts';

export const publishedHost = ({ publishHost = false }: { readonly publishHost?: boolean }): string =>
  publishHost ? hostname() : machineLabel();
