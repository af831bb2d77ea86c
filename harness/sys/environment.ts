// What a reader must know of the machine before believing a number.
//
// Reads:  uname, /proc/cmdline, /proc/cpuinfo, /proc/loadavg, /sys/devices/system/cpu, /etc/os-release, mountinfo;
//         runs the tools once with --version.
// Error:  a virtual machine may hide its host's governor and mitigations; what cannot be read is null or left out.
// Cost:   a few milliseconds, before anything is timed.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, version } from 'node:os';
import type { Environment } from '../../results/schema/run.ts';
import type { Features } from '../model/machine.ts';

const CPU = '/sys/devices/system/cpu';

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};

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
    });
    return text.split('\n', 1)[0] ?? null;
  } catch {
    return null;
  }
};

/** What the tools call the kernel through; from the runtime's own report, since a command for it is not everywhere. */
const libcVersion = (): string => {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'not glibc' : `glibc ${header.glibcVersionRuntime}`;
};

const TOOLS = ['tar', 'rm', 'ls', 'cat'];

/** `servers`: what they are called, to their paths. */
const tools = (servers: ReadonlyMap<string, string>): Record<string, string> => {
  const found: Record<string, string> = { node: process.version, libc: libcVersion() };
  for (const [name, path] of [...TOOLS.map((tool) => [tool, tool] as const), ...servers]) {
    const version = firstLine(path, ['--version']);
    if (version !== null) found[name] = version;
  }
  return found;
};

const escapesUndone = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The mount that holds `dir`: the longest mount point that is a prefix; of several there, the last. */
export const fileSystemOf = (dir: string): { type: string; device: string; options: string } => {
  let best = { point: '', type: 'unknown', device: 'unknown', options: '' };
  for (const line of (readText('/proc/self/mountinfo') ?? '').split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const fields = left.split(' ');
    const point = escapesUndone(fields[4] ?? '');
    const inside = point === '/' || dir === point || dir.startsWith(`${point}/`);
    if (!inside || point.length < best.point.length) continue;
    const [type = '', device = '', superOptions = ''] = right.split(' ');
    best = {
      point,
      type,
      device: escapesUndone(device),
      options: [...new Set([...(fields[5] ?? '').split(','), ...superOptions.split(',')])].join(','),
    };
  }
  return { type: best.type, device: best.device, options: best.options };
};

export const readEnvironment = (
  workDir: string,
  servers: ReadonlyMap<string, string>,
  features: Features,
): Environment => ({
  kernel: `${release()} ${version()}`,
  kernelCommandLine: readText('/proc/cmdline') ?? 'unknown',
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
  privilege: features.root.ok ? 'root' : 'user namespace',
  features: Object.fromEntries(Object.entries(features).map(([id, { ok, detail }]) => [id, { ok, detail }])),
});
