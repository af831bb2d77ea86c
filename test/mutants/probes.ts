import { type Mutant, of } from './mutant.ts';

const READINGS = ['harness/probes/readings'];

export const probes: readonly Mutant[] = [
  ...of('harness/probes/wall.ts', READINGS, [
    [
      'wall time in microseconds',
      'Number(process.hrtime.bigint() - from);',
      'Number(process.hrtime.bigint() - from) / 1000;',
    ],
    [
      'windows of a phase that had other calls',
      'outsideCount === before.outsideCount',
      'outsideCount >= before.outsideCount',
    ],
    ['windows since the thread began', 'listsOnly ? ns - before.ns', 'listsOnly ? ns'],
    ['the clock is not read at the start of a window', 'from = process.hrtime.bigint();', ''],
  ]),
  ...of('harness/probes/cpu.ts', READINGS, [
    ['user and system time swapped', 'record(user, phase, userNs)', 'record(user, phase, systemNs)'],
    [
      'user time counted twice',
      'record(sum, phase, userNs + systemNs)',
      'record(sum, phase, userNs + userNs)',
    ],
    ['a server’s time since it was started', 'spentNs += nowNs - earlierNs', 'spentNs += nowNs'],
    ['one server of several', 'spentNs += nowNs - earlierNs', 'spentNs = nowNs - earlierNs'],
    [
      'a server that ended is zero',
      'if (nowNs === null) continue;',
      'if (nowNs === null) { seen = true; continue; }',
    ],
    ['CPU time before the window', 'before = machine.meters.cpu();', ''],
  ]),
  ...of('harness/probes/fuse-requests.ts', READINGS, [
    [
      'requests of the last phase alone',
      'sum[i] = sum[i]! + after[i]! - before[i]!',
      'sum[i] = after[i]! - before[i]!',
    ],
    ['requests since the server began', 'sum[i] = sum[i]! + after[i]! - before[i]!', 'sum[i] = after[i]!'],
    ['READ under the name of OPEN', "14: 'Open',\n  15: 'Read',", "15: 'Open',\n  14: 'Read',"],
    [
      'no server is zero requests',
      'if (servers.length === 0 || counters === null) return {};',
      'if (counters === null) return {};',
    ],
    ['a server that still answers is not waited for', 'machine.meters.waitForIdle(servers);', ''],
    ['unknown opcodes are left out', 'if (count > 0)', 'if (count > 0 && OPCODES[opcode] !== undefined)'],
  ]),
  ...of('harness/probes/command-start.ts', READINGS, [
    ['the sum of five starts', 'medianOf(tookNs)', 'tookNs.reduce((a, b) => a + b, 0)'],
    ['one start', 'const STARTS = 5', 'const STARTS = 1'],
  ]),
  ...of('harness/probes/registry.ts', READINGS, [
    [
      'system calls are read inside of the wall clock',
      'fuseRequests, syscalls, cpu, wall]',
      'fuseRequests, wall, syscalls, cpu]',
    ],
  ]),
  ...of(
    'harness/model/repeated.ts',
    [...READINGS, 'scenarios/churn'],
    [
      ['the last repetition instead of the median', 'else list.push(value)', 'else list[0] = value'],
      ['values sorted as text', '.sort((a, b) => a - b)', '.sort()'],
    ],
  ),
  ...of(
    'harness/probes/syscalls.ts',
    ['harness/probes/syscalls'],
    [
      [
        'a lost count is reported',
        'if (broken !== null) return { notes',
        'if (broken === undefined) return { notes',
      ],
    ],
  ),
  ...of(
    'harness/probes/call-ledger.ts',
    ['harness/probes/syscalls'],
    [
      ['calls since the counter began', 'count - (wasReset ? 0 : (before.get(name) ?? 0))', 'count'],
      [
        'strangers count as ours',
        'if (actor === RUNTIME || actor === UNLISTED) continue;',
        'if (actor === RUNTIME) continue;',
      ],
      [
        'waiting for a command counts as work',
        'this.#awaited > 0 ? this.#waiting : this.#work',
        'this.#awaited > 9 ? this.#waiting : this.#work',
      ],
      ['threads of a server are left out', 'merge(all, otherThreadsOf(calls));', ''],
    ],
  ),
  ...of(
    'harness/probes/disk.ts',
    ['harness/probes/disk'],
    [
      ['blocks of 4096 bytes', 'const ST_BLOCK_BYTES = 512', 'const ST_BLOCK_BYTES = 4096'],
      [
        'every name of a file is an inode',
        'if (key === null || !linked.has(key))',
        'if (key === null || key !== null)',
      ],
    ],
  ),
];
