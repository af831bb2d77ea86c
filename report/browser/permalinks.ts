// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// A link to each heading, chart, claim and row, shown beside it while it is pointed at or focused. Rows get theirs when the pointer or the
// keyboard is in their table: a page has thousands. One of a table is reached with Tab, the others from it with the arrow keys.
const PINNED = 'h2[id], h3[id], figure[id] > figcaption, details.claim[id]';

const pinOf = (id: string, what: string): HTMLAnchorElement => {
  const pin = document.createElement('a');
  pin.className = 'pin';
  pin.href = `#${id}`;
  pin.setAttribute('aria-label', `link to this ${what}`);
  return pin;
};

const rowText = (row: HTMLTableRowElement): string =>
  [...row.cells]
    .filter((cell, index) => index === 0 || cell.classList.contains('text'))
    .map((cell) => cell.querySelector('.metric')?.textContent ?? cell.textContent ?? '')
    .join(' ');

const bodyRows = (table: HTMLTableElement): readonly HTMLTableRowElement[] =>
  [...table.tBodies]
    .flatMap(({ rows }) => [...rows])
    .filter((row) => !row.classList.contains('section') && !row.classList.contains('quantity'));

/** Rows whose id is not in the markup: made of the table's label and the row's texts. */
const nameRows = (table: HTMLTableElement): void => {
  const label = table.parentElement?.getAttribute('aria-label') ?? '';
  for (const row of bodyRows(table)) {
    if (row.id !== '') continue;
    const plain = `in ${label} ${rowText(row)}`
      .replace(/[^A-Za-z0-9.]+/g, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase();
    let id = plain;
    for (let count = 2; document.getElementById(id) !== null; count++) id = `${plain}-${count}`;
    row.id = id;
  }
};

const pinRow = (row: HTMLTableRowElement): void => {
  const head = row.cells[0];
  if (head === undefined || row.querySelector('.pin') !== null) return;
  const pin = pinOf(row.id, 'row');
  pin.tabIndex = -1;
  (head.querySelector('.metric') ?? head).append(pin);
};

const rowPins = (table: HTMLTableElement): readonly HTMLAnchorElement[] =>
  bodyRows(table)
    .map((row) => row.querySelector<HTMLAnchorElement>('.pin'))
    .filter((pin) => pin?.checkVisibility() === true) as readonly HTMLAnchorElement[];

/** Makes one pin of the table the one that is reached with Tab. */
const reach = (table: HTMLTableElement, pin: HTMLAnchorElement | null | undefined): void => {
  if (pin === null || pin === undefined) return;
  for (const other of table.querySelectorAll<HTMLAnchorElement>('tbody .pin')) other.tabIndex = -1;
  pin.tabIndex = 0;
};

const moveFrom = (event: KeyboardEvent): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const table = tableAt(event.target);
  if (step === undefined || table === null) return;
  const pins = rowPins(table);
  const at = pins.indexOf(event.target as HTMLAnchorElement);
  const next = at < 0 ? undefined : pins[at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
};

const tableAt = (target: EventTarget | null): HTMLTableElement | null => {
  if (!(target instanceof Element)) return null;
  return target.closest('table') ?? target.closest('.scroll')?.querySelector('table') ?? null;
};

/** The part that a fragment names; null: no part of this page. */
const targetOf = (id: string): HTMLElement | null => {
  if (id !== '' && document.getElementById(id) === null)
    for (const table of document.querySelectorAll('table')) nameRows(table);
  return document.getElementById(id);
};

/** Shows which part a link led to. */
const mark = (target: Element): void => {
  for (const part of document.querySelectorAll('.aimed')) part.classList.remove('aimed');
  target.classList.add('aimed');
};

const pinPart = (part: HTMLElement): void => {
  // A link within a summary could not be told from the summary.
  if (part.closest('summary') !== null) return;
  if (part instanceof HTMLDetailsElement) {
    part.before(pinOf(part.id, 'claim'));
    return;
  }
  const isCaption = part.tagName === 'FIGCAPTION';
  const id = isCaption ? (part.parentElement?.id ?? '') : part.id;
  (part.querySelector(':scope > span') ?? part).append(pinOf(id, isCaption ? 'chart' : 'part'));
};

const startPermalinks = (): void => {
  for (const part of document.querySelectorAll<HTMLElement>(PINNED)) pinPart(part);
  const pinTable = (table: HTMLTableElement, target: EventTarget | null): void => {
    nameRows(table);
    bodyRows(table).forEach(pinRow);
    const pins = rowPins(table);
    const focused = pins.find((pin) => pin === target);
    reach(table, focused ?? pins.find(({ tabIndex }) => tabIndex === 0) ?? pins[0]);
  };
  document.addEventListener('pointerover', ({ target }) => {
    const table = tableAt(target);
    const row = target instanceof Element ? target.closest('tr') : null;
    if (table === null || row === null || row.parentElement?.tagName !== 'TBODY') return;
    nameRows(table);
    if (!bodyRows(table).includes(row)) return;
    pinRow(row);
    reach(table, row.querySelector<HTMLAnchorElement>('.pin'));
  });
  document.addEventListener('focusin', ({ target }) => {
    const table = tableAt(target);
    if (table !== null) pinTable(table, target);
  });
  document.addEventListener('keydown', moveFrom);
};
