// Facts about the machine for the reader of the numbers.
//
// Reads:  uname, /proc/cmdline, /proc/cpuinfo, /proc/loadavg, /sys/devices/system/cpu, /etc/os-release, mountinfo;
//         runs the tools once with --version.
// Error:  a virtual machine may hide its host's governor and mitigations; values that cannot be read are null or missing.
// Cost:   a few milliseconds, before anything is timed.
// Leaves out facts that a run does not publish: names of volumes, shares and folders, and most of the kernel command line.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, version } from 'node:os';
import type { Environment } from '../../results/schema/machine.ts';
import { measuringOptions, publicDevice, publicMountOptions } from '../../results/schema/public-facts.ts';
import type { Features } from '../model/machine.ts';
import { patience } from './guest.ts';
import { mountOf, readMounts } from './mountinfo.ts';
import { isRealRoot } from './namespace-probe.ts';
import { readText } from './read-text.ts';

const CPU = '/sys/devices/system/cpu';
const TOOL_LIMIT_MS = 5000 * patience;

const distribution = (): string =>
  /^PRETTY_NAME="?([^"\n]*)/m.exec(readText('/etc/os-release') ?? '')?.[1] ?? 'unknown';

const mitigations = (): Record<string, string> => {
  try {
    const names = readdirSync(`${CPU}/vulnerabilities`).sort();
    return Object.fromEntries(
      names.map((name) => [name, readText(`${CPU}/vulnerabilities/${name}`) ?? 'unreadable']),
    );
  } catch {
    return {};
  }
};

const virtualization = (): string | null => {
  if (/^flags\s*:.*\bhypervisor\b/m.test(readText('/proc/cpuinfo') ?? ''))
    return readText('/sys/class/dmi/id/product_name') ?? 'a hypervisor';
  return null;
};

const firstLine = (command: string, args: readonly string[]): string | null => {
  try {
    const text = execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      timeout: TOOL_LIMIT_MS,
      // A stopped process does not end by SIGTERM.
      killSignal: 'SIGKILL',
    });
    return text.split('\n', 1)[0] ?? null;
  } catch {
    return null;
  }
};

/** From the report of Node, because not every system has a command for it. */
const libcVersion = (): string => {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'not glibc' : `glibc ${header.glibcVersionRuntime}`;
};

const TOOLS = ['tar', 'rm', 'ls', 'cat'];

const HASH_DIGITS = 12;

/** Builds of a server have one version: its bytes tell them apart. */
const buildOf = (path: string): string => {
  try {
    return `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, HASH_DIGITS)}`;
  } catch {
    return 'unreadable';
  }
};

/** `servers`: name to path. */
const tools = (servers: ReadonlyMap<string, string>): Record<string, string> => {
  const found: Record<string, string> = { node: process.version, libc: libcVersion() };
  for (const tool of TOOLS) {
    const version = firstLine(tool, ['--version']);
    if (version !== null) found[tool] = version;
  }
  for (const [name, path] of servers) {
    const version = firstLine(path, ['--version']);
    if (version !== null) found[name] = `${version} ${buildOf(path)}`;
  }
  return found;
};

export const fileSystemOf = (dir: string): { type: string; device: string; options: string } => {
  const mount = mountOf(readMounts(), dir);
  if (mount === undefined) return { type: 'unknown', device: 'unknown', options: '' };
  const { type, source, attributes, options } = mount;
  return {
    type,
    device: publicDevice(source),
    options: publicMountOptions([...new Set([...attributes.split(','), ...options.split(',')])].join(',')),
  };
};

/** Facts that need no trial of features. */
export type MachineFacts = Omit<Environment, 'features' | 'slotPathBytes'>;

/** `servers`: name to path; each is run once. */
export const readMachineFacts = (workDir: string, servers: ReadonlyMap<string, string>): MachineFacts => ({
  kernel: `${release()} ${version()}`,
  kernelCommandLine: measuringOptions(readText('/proc/cmdline') ?? ''),
  architecture: arch(),
  distribution: distribution(),
  cpuModel: cpus()[0]?.model ?? 'unknown',
  cpuCount: cpus().length,
  memoryBytes: totalmem(),
  governor: readText(`${CPU}/cpu0/cpufreq/scaling_governor`),
  mitigations: mitigations(),
  virtualization: virtualization(),
  workFileSystem: fileSystemOf(workDir),
  tools: tools(servers),
  loadAverage: loadavg(),
  privilege: isRealRoot() ? 'root' : 'user namespace',
});

export const readEnvironment = (facts: MachineFacts, features: Features): Environment => ({
  ...facts,
  features: Object.fromEntries(Object.entries(features).map(([id, { ok, detail }]) => [id, { ok, detail }])),
});
