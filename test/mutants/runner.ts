import { type Mutant, of } from './mutant.ts';

export const runner: readonly Mutant[] = [
  ...of(
    'harness/runner/stage.ts',
    ['harness/runner/stage'],
    [
      [
        'probes stop in the order in which they start',
        'for (let i = probes.length - 1; i >= 0; i--) probes[i]!.stop(name);',
        'for (const probe of probes) probe.stop(name);',
      ],
      [
        'the window is stopped before the work is done',
        'const result = await work();',
        'const result = work() as T;',
      ],
      ['the phase before is named', 'phaseNow = name;', ''],
      [
        'a sync in microseconds',
        'return Number(process.hrtime.bigint() - from);',
        'return Number(process.hrtime.bigint() - from) / 1000;',
      ],
      [
        'a backend’s own file system is not synced',
        'if (ownFileSystem !== undefined) machine.files.syncfs(ownFileSystem);',
        '',
      ],
      ['what was there before is part of the footprint', 'value - (atStart[name] ?? 0)', 'value'],
      ['another mount than asked for is accepted', 'if (type !== mounted.fsType)', 'if (type === null)'],
      ['only the last mount is abandoned', 'live.add(mounted);', 'live.clear(); live.add(mounted);'],
      ['file systems go in the order in which they came', 'of made.reverse()', 'of made'],
      ['threads of a crowd are not ended', 'for (const crowd of crowds) await crowd.end();', ''],
    ],
  ),
  ...of(
    'harness/runner/slot.ts',
    ['harness/runner/slot'],
    [
      [
        'a counting slot lives as often as a timed one',
        "slot.pass === 'count' ? 1 : scenario",
        "slot.pass === 'none' ? 1 : scenario",
      ],
      [
        'requests are counted in timed slots',
        "parts.slot.pass === 'count' ? join",
        "parts.slot.pass === 'time' ? join",
      ],
      ['one store for all lives', 'storeOf: (cycle) => stores[cycle] ?? store', 'storeOf: () => store'],
      [
        'an empty store keeps the run’s images',
        "localOf(parts) === 'nothing' ? [] : parts.images",
        'parts.images',
      ],
      [
        'layers that were unpacked before are there',
        'return [withOwnLayers(parts.fullStore, folders[0]!.store)];',
        'return [parts.fullStore];',
      ],
      ['values are not derived', 'values: scenario.derive(values, slot.params)', 'values'],
      [
        'parameters do not reach derive',
        'scenario.derive(values, slot.params)',
        'scenario.derive(values, {})',
      ],
      [
        'the scenario overrules the probes',
        'values = { ...values, ...collected.values };',
        'values = { ...collected.values, ...values };',
      ],
      ['a skip is a failure', "if (error.code === 'skip')", "if (error.code === 'skipped')"],
      [
        'a bug is a failed slot',
        'if (!(error instanceof UserError)) throw error;',
        "if (!(error instanceof UserError)) return { outcome: 'failed', phase: 'prepare', code: 'bug', message: '' };",
      ],
      ['what was left behind is no failure', 'if (left.length > 0)', 'if (left.length > 99)'],
      [
        'a failed slot keeps its folder',
        'leftNothing ? one.removeLater() : one.remove()',
        'leftNothing && one.removeLater()',
      ],
      ['prepared images are not closed', 'for (const ready of open.prepared) await ready.close?.();', ''],
      ['probes are not told of commands', 'for (const probe of armed) probe.childStarted?.(actor, pid);', ''],
      ['an image is compared with itself', 'refuseSame([image, ...others]);', ''],
      [
        'slot times in milliseconds',
        'slotNs: Number(process.hrtime.bigint() - from)',
        'slotNs: Number(process.hrtime.bigint() - from) / 1e6',
      ],
    ],
  ),
  ...of(
    'harness/runner/limits.ts',
    ['harness/runner/limits'],
    [
      [
        'the shortest slot sets the limit',
        'Math.max(longest.get(kind) ?? 0, sample.slotNs)',
        'Math.min(longest.get(kind) ?? sample.slotNs, sample.slotNs)',
      ],
      ['short slots are ended at once', 'Math.max(LEAST_NS, MULTIPLE * seen)', 'MULTIPLE * seen'],
      ['failed slots stretch the limit', "if (sample.outcome !== 'ok') return;", ''],
    ],
  ),
  ...of(
    'harness/runner/blocks.ts',
    ['harness/runner/blocks'],
    [
      ['the dearest groups go on', 'sort((a, b) => a.ns - b.ns)', 'sort((a, b) => b.ns - a.ns)'],
      ['the null arm costs nothing', '(group.arms.length + 1)', 'group.arms.length'],
    ],
  ),
];
