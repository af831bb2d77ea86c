// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// What is shown: a scenario, an image, some of the arms. Kept in the fragment behind the place on the page, so that a link shows a
// reader the same: `#calls?image=debian-12-base&without=null`.

interface Choice {
  readonly scenario: string;
  readonly image: string;
  readonly without: readonly string[];
}

const ALL: Choice = { scenario: '', image: '', without: [] };

const placeIn = (hash: string): string => hash.slice(1).split('?', 1)[0] ?? '';

const choiceIn = (hash: string): Choice => {
  const asked = new URLSearchParams(hash.split('?').slice(1).join('?'));
  return {
    scenario: asked.get('scenario') ?? '',
    image: asked.get('image') ?? '',
    without: asked.getAll('without'),
  };
};

const hashOf = (place: string, { scenario, image, without }: Choice): string => {
  const asked = new URLSearchParams();
  if (scenario !== '') asked.set('scenario', scenario);
  if (image !== '') asked.set('image', image);
  for (const arm of without) asked.append('without', arm);
  const text = asked.toString();
  return place === '' && text === '' ? location.pathname : `#${place}${text === '' ? '' : `?${text}`}`;
};

const form = document.getElementById('filters') as HTMLFormElement | null;
const selectOf = (name: string): HTMLSelectElement | null =>
  form?.querySelector<HTMLSelectElement>(`select[name="${name}"]`) ?? null;
const boxes = [...(form?.querySelectorAll<HTMLInputElement>('input[name="arm"]') ?? [])];

const chosen = (): Choice => ({
  scenario: selectOf('scenario')?.value ?? '',
  image: selectOf('image')?.value ?? '',
  without: boxes.filter(({ checked }) => !checked).map(({ value }) => value),
});

/** What a select does not have is as if it was not asked for. */
const known = (name: string, value: string): string =>
  [...(selectOf(name)?.options ?? [])].some((option) => option.value === value) ? value : '';

const fits = (wanted: string, of: string | undefined): boolean =>
  wanted === '' || of === undefined || of === '' || of === wanted;

/** Cells below a head that is named; those that are named themselves look after themselves. */
const hideColumn = (head: HTMLTableCellElement): void => {
  const table = head.closest('thead')?.parentElement;
  if (!(table instanceof HTMLTableElement) || table.classList.contains('first')) return;
  for (const body of table.tBodies)
    for (const { cells } of body.rows) {
      const cell = cells[head.cellIndex];
      if (cell !== undefined) cell.hidden = head.hidden;
    }
};

/** Shows what is chosen, in form, tables and charts alike. */
const show = (asked: Choice): void => {
  const [scenario, image] = [known('scenario', asked.scenario), known('image', asked.image)];
  for (const [name, value] of [
    ['scenario', scenario],
    ['image', image],
  ] as const) {
    const select = selectOf(name);
    if (select !== null) select.value = value;
  }
  without.clear();
  for (const box of boxes) {
    box.checked = !asked.without.includes(box.value);
    if (!box.checked) without.add(box.value);
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-scenario],[data-image]')) {
    part.hidden = !fits(scenario, part.dataset['scenario']) || !fits(image, part.dataset['image']);
    if (image !== '' && part.dataset['image'] === image && part instanceof HTMLDetailsElement)
      part.open = true;
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-arm]')) {
    part.hidden = without.has(part.dataset['arm'] ?? '');
    if (part instanceof HTMLTableCellElement) hideColumn(part);
  }
  // Of a table of which nothing is left there is no head either.
  for (const table of document.querySelectorAll<HTMLTableElement>('table.first'))
    if ([...table.tBodies].every((body) => body.hidden) && table.parentElement !== null)
      table.parentElement.hidden = true;
  const output = form?.querySelector('output');
  const parts = [scenario, image, ...[...without].map((arm) => `without ${arm}`)].filter(
    (text) => text !== '',
  );
  if (output) output.textContent = parts.length === 0 ? '' : `Shown: ${parts.join(', ')}.`;
  drawAll();
};

const goTo = (place: string): void => {
  const target = document.getElementById(place);
  if (target === null) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView();
};

const remember = (): void => {
  history.replaceState(null, '', hashOf(placeIn(location.hash), chosen()));
};

const startFilters = (): void => {
  if (form === null) return;
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', () => {
    show(chosen());
    remember();
  });
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    show(ALL);
    remember();
  });
  // A link within the page keeps what is chosen.
  document.addEventListener('click', (event) => {
    const link =
      event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const place = placeIn(link.hash);
    history.pushState(null, '', hashOf(place, chosen()));
    goTo(place);
  });
  addEventListener('hashchange', () => {
    show(choiceIn(location.hash));
    goTo(placeIn(location.hash));
  });
  show(choiceIn(location.hash));
  if (location.hash.includes('?')) goTo(placeIn(location.hash));
};
