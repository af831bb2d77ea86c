// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// On a phone the sections of the page are folded to their headings: unfolded they are a hundred screens long.
const PHONE = '(max-width: 720px)';
/** Sections that stay open. */
const OPEN_ON_PHONES: ReadonlySet<string> = new Set(['changed', 'claims', 'glance']);

const foldPart = (heading: HTMLElement): void => {
  const parent = heading.parentElement;
  if (parent === null) return;
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  details.className = 'part';
  details.append(summary);
  const rest = [...parent.childNodes].slice([...parent.childNodes].indexOf(heading) + 1);
  heading.before(details);
  summary.append(heading);
  details.append(...rest);
};

/** Scenarios first: they are within a section. */
const foldOnPhones = (): void => {
  if (!matchMedia(PHONE).matches) return;
  for (const heading of document.querySelectorAll<HTMLElement>('.scenario > h3, main > section > h2'))
    if (!OPEN_ON_PHONES.has(heading.id)) foldPart(heading);
};

/** Opens everything that the element is folded in, or that it is the heading of. */
const unfold = (element: Element): void => {
  for (let at: Element | null = element; at !== null; at = at.parentElement)
    if (at instanceof HTMLDetailsElement) at.open = true;
};
