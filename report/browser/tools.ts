// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Buttons that save a chart as a picture or as numbers and copy a table as text.

const button = (text: string, label: string, run: () => void): HTMLButtonElement => {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'tool';
  made.textContent = text;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', run);
  return made;
};

/** Read aloud when its text changes: the name of a button stays the same. */
const announcer = document.createElement('p');
announcer.className = 'sr';
announcer.setAttribute('role', 'status');

const OUTCOME_MS = 1500;

/** Shows the outcome on the button for a moment. `text`: that of the button before. */
const showOutcome = (at: HTMLButtonElement, text: string, outcome: string): void => {
  at.textContent = outcome;
  announcer.textContent = `${at.getAttribute('aria-label')}: ${outcome}`;
  setTimeout(() => {
    at.textContent = text;
    announcer.textContent = '';
  }, OUTCOME_MS);
};

const fileName = (title: string): string =>
  `${data.title.replace(/^run /, '')} ${title}`
    .replace(/[^A-Za-z0-9.=-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 120);

const save = (title: string, extension: string, content: Blob): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = `${fileName(title)}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

const titleOf = (figure: Element): string =>
  figure.querySelector('figcaption > span')?.textContent?.trim() ?? '';

/** Title, image and direction of the chart, from the page around it. */
const slideText = (drawing: Drawing, figure: HTMLElement): SlideText => ({
  title: titleOf(figure),
  about: [
    figure.closest<HTMLElement>('[data-image]')?.dataset['image'] ?? '',
    drawing.about?.() ?? '',
    figure.dataset['better'] ?? '',
  ].filter((text) => text !== ''),
});

const svgOf = (drawing: Drawing, figure: HTMLElement): string => slideOf(drawing, slideText(drawing, figure));

const saveSvg = (drawing: Drawing, figure: HTMLElement): void =>
  save(titleOf(figure), 'svg', new Blob([svgOf(drawing, figure)], { type: 'image/svg+xml' }));

/** Of the same picture, in twice its size. */
const savePng = async (drawing: Drawing, figure: HTMLElement): Promise<void> => {
  const picture = new Image(SLIDE.width, SLIDE.height);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(drawing, figure))}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 2 * SLIDE.width;
  canvas.height = 2 * SLIDE.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob === null) throw new Error('the browser makes no picture of this size');
  save(titleOf(figure), 'png', blob);
};

const tryPng = async (drawing: Drawing, figure: HTMLElement, at: HTMLButtonElement): Promise<void> => {
  try {
    await savePng(drawing, figure);
  } catch {
    showOutcome(at, 'PNG', 'failed');
  }
};

/** As RFC 4180; a text that a spreadsheet would run as a formula begins with an apostrophe. */
const csvCell = (cell: CsvCell): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const saveCsv = (drawing: Drawing, figure: HTMLElement): void => {
  const lines = drawing.cells().map((cells) => `${cells.map(csvCell).join(',')}\r\n`);
  save(titleOf(figure), 'csv', new Blob(lines, { type: 'text/csv' }));
};

const textIn = (part: HTMLElement): string => part.innerText.replace(/\s+/g, ' ').trim();

/** A row's head holds its name and a description: two cells of a copy. */
const headCells = (head: HTMLElement): readonly string[] => {
  const [name, title] = [
    head.querySelector<HTMLElement>('.metric'),
    head.querySelector<HTMLElement>('.title'),
  ];
  return name === null || title === null ? [textIn(head)] : [textIn(name), textIn(title)];
};

/** Visible cells; a row that spans the table has one. */
const rowsOf = (table: HTMLTableElement): readonly (readonly string[])[] => {
  const isDescribed = table.querySelector('tbody th .title') !== null;
  return [...table.rows]
    .filter((row) => row.closest('[hidden]') === null)
    .map((row) => {
      // A drawing has no text.
      const [first, ...others] = [...row.cells].filter(
        (cell) => !cell.hidden && !cell.classList.contains('plot'),
      );
      if (first === undefined) return [];
      if (others.length === 0) return [textIn(first)];
      const inHead = isDescribed && row.parentElement?.tagName === 'THEAD';
      const leading = inHead ? [textIn(first), 'meaning'] : headCells(first);
      return [...leading, ...others.map(textIn)];
    });
};

/** Names are text, whatever marks they contain. */
const escaped = (text: string): string =>
  text.replace(/[&<>"'`*_~[\]|\\#@$]/g, (char) => `&#${char.charCodeAt(0)};`);

const asMarkdown = (table: HTMLTableElement): string => {
  const [head = [], ...body] = rowsOf(table);
  const line = (cells: readonly string[]): string =>
    `| ${head.map((_, index) => escaped(cells[index] ?? '')).join(' | ')} |`;
  const rule = `|${head.map((name, index) => (index === 0 || name === 'meaning' ? ' --- |' : ' ---: |')).join('')}`;
  return [line(head), rule, ...body.map(line)].join('\n');
};

const asText = (table: HTMLTableElement): string => {
  const rows = rowsOf(table);
  const columns = rows[0]?.length ?? 0;
  const full = rows.filter(({ length }) => length === columns);
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...full.map((row) => [...(row[at] ?? '')].length)),
  );
  const line = (row: readonly string[]): string =>
    row.length < columns
      ? row.join('  ')
      : row
          .map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
          .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
};

const copy = async (copied: string, at: HTMLButtonElement, text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(copied);
    showOutcome(at, text, 'copied');
  } catch {
    showOutcome(at, text, 'not allowed');
  }
};

const startTools = (): void => {
  document.body.append(announcer);
  for (const drawing of drawings) {
    const figure = document.getElementById(drawing.id)?.closest('figure');
    if (figure === null || figure === undefined) continue;
    const title = titleOf(figure);
    const png: HTMLButtonElement = button('PNG', `save the chart ${title} as a PNG file`, () => {
      void tryPng(drawing, figure, png);
    });
    figure.querySelector('figcaption')?.append(
      button('SVG', `save the chart ${title} as an SVG file`, () => saveSvg(drawing, figure)),
      png,
      button('CSV', `save the numbers of the chart ${title} as a CSV file`, () => saveCsv(drawing, figure)),
    );
  }
  for (const table of document.querySelectorAll<HTMLTableElement>('.scroll > table')) {
    const label = table.parentElement?.getAttribute('aria-label') ?? '';
    const tools = document.createElement('p');
    tools.className = 'tools';
    const image = table.parentElement?.dataset['image'];
    if (image !== undefined) tools.dataset['image'] = image;
    for (const [text, of] of [
      ['Markdown', asMarkdown],
      ['text', asText],
    ] as const) {
      const made: HTMLButtonElement = button(text, `copy the table ${label} as ${text}`, () => {
        void copy(of(table), made, text);
      });
      tools.append(made);
    }
    const beside = table.classList.contains('forest')
      ? table.closest('figure.glance')?.querySelector('figcaption')
      : null;
    if (beside) beside.append(tools);
    else table.parentElement?.before(tools);
  }
};
