// The mark of each arm, by its name, so that every page of every run shows it alike: a hue and a shape, readable by either alone.

/** Hues of arms. The headline backends have the first three for themselves. */
export const HUES = 8;
const HEADLINE_HUES = 3;
/** A page of 48 arms has a mark for each. */
export const SHAPE_COUNT = 7;
/** Shapes whose place depends on the hue, so that neighbours in a list differ in shape too. */
const TURNED_SHAPES = 5;

const HEADLINE = ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay'];

/** Variants that are often in one chart are near each other: five in a row have different hues. */
const VARIANTS = [
  'hardlink-checkout',
  'reflink-checkout',
  'erofs-overlay-loop',
  'plain-directory',
  'erofs-only',
  'ostree-checkout',
  'hardlink-checkout-direct',
  'erofs-overlay-loop-dio',
  'composefs-fuse-reference',
  'erofs-full',
  'composefs-fuse-passthrough',
  'composefs-fuse-noxattr',
  'composefs-fuse-noacl',
  'composefs-fuse-overlay',
  'composefs-fuse-shared',
  'squashfs-full',
  'unpacked-overlay-unlinkat',
  'erofs-overlay-noacl',
  'erofs-overlay-no-filter',
  'mount-composefs',
  'hardlink-checkout-unlinkat',
];

/** A mark is a number: its remainder by HUES is the hue, the quotient says how often the hue was given before. */
const markAt = (hue: number, before: number): number => before * HUES + hue;

const VARIANT_HUES = HUES - HEADLINE_HUES;

/** In hues that no headline backend has. */
const VARIANT_MARKS: readonly number[] = Array.from({ length: VARIANT_HUES * SHAPE_COUNT }, (_, index) =>
  markAt(HEADLINE_HUES + (index % VARIANT_HUES), Math.floor(index / VARIANT_HUES)),
);

/** Where those are given: other shapes of the second and the third hue. */
const SPARE_MARKS: readonly number[] = Array.from({ length: 2 * (SHAPE_COUNT - 1) }, (_, index) =>
  markAt(1 + (index % 2), 1 + Math.floor(index / 2)),
);

/** Index into the shapes; the same hue never has the same shape twice. */
export const shapeOfMark = (mark: number): number => {
  const before = Math.floor(mark / HUES);
  return before < TURNED_SHAPES ? (mark + before) % TURNED_SHAPES : before;
};

/** Marks that are fixed; the name of any other backend gets a free one. */
export const FIXED_MARKS: ReadonlyMap<string, number> = new Map([
  ...HEADLINE.map((name, hue) => [name, markAt(hue, 0)] as const),
  ...VARIANTS.map((name, index) => [name, VARIANT_MARKS[index]!] as const),
]);

/** FNV-1a. */
const hashOf = (name: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
};

/** Marks of arms on one page; unknown names get free ones, which depend on the other names only where marks collide. */
export const marksOf = (names: readonly string[]): ReadonlyMap<string, number> => {
  const marks = new Map(
    names.flatMap((name) => (FIXED_MARKS.has(name) ? [[name, FIXED_MARKS.get(name)!]] : [])),
  );
  const taken = new Set(marks.values());
  for (const name of [...new Set(names)].filter((one) => !FIXED_MARKS.has(one)).sort()) {
    const from = hashOf(name) % VARIANT_MARKS.length;
    const inOrder = [...VARIANT_MARKS.slice(from), ...VARIANT_MARKS.slice(0, from), ...SPARE_MARKS];
    const mark = inOrder.find((one) => !taken.has(one)) ?? inOrder[0]!;
    marks.set(name, mark);
    taken.add(mark);
  }
  return marks;
};
