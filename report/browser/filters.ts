// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Filters by scenario, image and arm. The fragment stores them after the section, so that a link shows the same to its reader:
// `#calls?image=debian-12-base&without=null`.

interface FilterChoice {
  readonly scenario: string;
  readonly image: string;
  readonly without: readonly string[];
}

const ALL: FilterChoice = { scenario: '', image: '', without: [] };

const sectionIn = (hash: string): string => hash.slice(1).split('?', 1)[0] ?? '';

const choiceIn = (hash: string): FilterChoice => {
  const query = new URLSearchParams(hash.split('?').slice(1).join('?'));
  return {
    scenario: query.get('scenario') ?? '',
    image: query.get('image') ?? '',
    without: query.getAll('without'),
  };
};

const hashOf = (section: string, { scenario, image, without }: FilterChoice): string => {
  const query = new URLSearchParams();
  if (scenario !== '') query.set('scenario', scenario);
  if (image !== '') query.set('image', image);
  for (const arm of without) query.append('without', arm);
  const text = query.toString();
  return section === '' && text === ''
    ? (location.href.split('#', 1)[0] ?? '')
    : `#${section}${text === '' ? '' : `?${text}`}`;
};

const form = document.getElementById('filters') as HTMLFormElement | null;
const selectOf = (name: string): HTMLSelectElement | null =>
  form?.querySelector<HTMLSelectElement>(`select[name="${name}"]`) ?? null;
const boxes = [...(form?.querySelectorAll<HTMLInputElement>('input[name="arm"]') ?? [])];

const chosen = (): FilterChoice => ({
  scenario: selectOf('scenario')?.value ?? '',
  image: selectOf('image')?.value ?? '',
  without: boxes.filter(({ checked }) => !checked).map(({ value }) => value),
});

/** Unknown values select everything. */
const knownValue = (name: string, value: string): string =>
  [...(selectOf(name)?.options ?? [])].some((option) => option.value === value) ? value : '';

const fits = (wanted: string, of: string | undefined): boolean =>
  wanted === '' || of === undefined || of === '' || of === wanted;

/** Hides the column below a head with an arm; cells with an arm of their own are hidden one by one. */
const hideColumn = (head: HTMLTableCellElement): void => {
  const table = head.closest('thead')?.parentElement;
  if (!(table instanceof HTMLTableElement) || table.classList.contains('first')) return;
  for (const body of table.tBodies)
    for (const { cells } of body.rows) {
      const cell = cells[head.cellIndex];
      if (cell !== undefined) cell.hidden = head.hidden;
    }
};

/** Applies the filters to form, tables and charts. */
const applyFilters = (choice: FilterChoice): void => {
  const [scenario, image] = [knownValue('scenario', choice.scenario), knownValue('image', choice.image)];
  for (const [name, value] of [
    ['scenario', scenario],
    ['image', image],
  ] as const) {
    const select = selectOf(name);
    if (select !== null) select.value = value;
  }
  hiddenArms.clear();
  for (const box of boxes) {
    box.checked = !choice.without.includes(box.value);
    if (!box.checked) hiddenArms.add(box.value);
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-scenario],[data-image]')) {
    part.hidden = !fits(scenario, part.dataset['scenario']) || !fits(image, part.dataset['image']);
    if (image !== '' && part.dataset['image'] === image && part instanceof HTMLDetailsElement)
      part.open = true;
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-arm]')) {
    part.hidden = hiddenArms.has(part.dataset['arm'] ?? '');
    if (part instanceof HTMLTableCellElement) hideColumn(part);
  }
  for (const part of document.querySelectorAll(
    `.scenario[data-scenario="${CSS.escape(scenario)}"] > details.part`,
  ))
    unfold(part);
  // A table without visible rows is hidden as a whole.
  for (const table of document.querySelectorAll<HTMLTableElement>('table.first'))
    if ([...table.tBodies].every((body) => body.hidden) && table.parentElement !== null)
      table.parentElement.hidden = true;
  const output = form?.querySelector('output');
  const parts = [scenario, image, ...[...hiddenArms].map((arm) => `without ${arm}`)].filter(
    (text) => text !== '',
  );
  if (output) output.textContent = parts.length === 0 ? '' : `Shown: ${parts.join(', ')}.`;
  drawAll();
};

const goTo = (section: string): void => {
  const target = targetOf(section);
  if (target === null) return;
  unfold(target);
  mark(target);
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView();
};

const storeInFragment = (): void => {
  history.replaceState(null, '', hashOf(sectionIn(location.hash), chosen()));
};

const startFilters = (): void => {
  if (form !== null) form.hidden = false;
  form?.addEventListener('submit', (event) => event.preventDefault());
  form?.addEventListener('change', () => {
    applyFilters(chosen());
    storeInFragment();
  });
  form?.addEventListener('reset', (event) => {
    event.preventDefault();
    applyFilters(ALL);
    storeInFragment();
  });
  // Links within the page keep the filters.
  document.addEventListener('click', (event) => {
    const link =
      event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const section = sectionIn(link.hash);
    history.pushState(null, '', hashOf(section, chosen()));
    goTo(section);
  });
  addEventListener('hashchange', () => {
    applyFilters(choiceIn(location.hash));
    goTo(sectionIn(location.hash));
  });
  applyFilters(choiceIn(location.hash));
  if (location.hash !== '') goTo(sectionIn(location.hash));
};
