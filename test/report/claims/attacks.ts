// Made samples of the scenario `enforced`: where each attack ended.
import type { MadeGroup, Series } from './journal.ts';

const ENDINGS = ['AtPull', 'AtChange', 'AtMount', 'AtOpen', 'AtRead', 'Served', 'Unseen'];

/** Attack to its ending; a list has one ending for each pass. */
type AttackEnds = Readonly<Record<string, string | readonly string[]>>;

const endedSeries = (ends: AttackEnds): Series =>
  Object.fromEntries(
    Object.entries(ends).flatMap(([attack, at]) =>
      ENDINGS.map((one) => [
        `${attack}${one}Count`,
        typeof at === 'string' ? Number(at === one) : at.map((pass) => Number(pass === one)),
      ]),
    ),
  );

export const enforcedGroup = (level: string, count: Readonly<Record<string, AttackEnds>>): MadeGroup => ({
  scenario: 'enforced',
  params: { level },
  count: Object.fromEntries(Object.entries(count).map(([arm, ends]) => [arm, endedSeries(ends)])),
});

const TREE = ['redigested', 'mode', 'owner', 'attribute', 'rename', 'added', 'removed', 'forged', 'rollback'];
const all = (attacks: readonly string[], ending: string): AttackEnds =>
  Object.fromEntries(attacks.map((attack) => [attack, ending]));

const FILES: AttackEnds = {
  ...all([...TREE, 'exchanged', 'sealed', 'replaced'], 'Served'),
  ...{ written: 'AtChange', device: 'AtRead', truncated: 'AtMount' },
};
const REFERENCE: AttackEnds = { ...FILES, exchanged: 'AtOpen', sealed: 'AtOpen', replaced: 'AtOpen' };
const MANIFEST: AttackEnds = { ...REFERENCE, ...all([...TREE, 'replaced'], 'AtMount') };

/** What a kernel with fs-verity does; `more`: attacks that end elsewhere, by level. */
export const verifyingKernel = (more: Readonly<Record<string, AttackEnds>> = {}): readonly MadeGroup[] =>
  Object.entries({ files: FILES, reference: REFERENCE, manifest: MANIFEST }).map(([level, ends]) =>
    enforcedGroup(level, {
      'erofs-overlay-verity': { ...ends, ...more[level] },
      'composefs-fuse-verity': ends,
    }),
  );

const SENT = [...TREE, 'replaced', 'written', 'exchanged', 'truncated'];

/** What a client does with what a server sends. */
export const careful = (more: AttackEnds = {}): MadeGroup =>
  enforcedGroup('signature', { 'composefs-fuse': { ...all(SENT, 'AtPull'), ...more } });
