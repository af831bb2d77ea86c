// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Buttons that save a chart as a picture and copy a table as text.
const PICTURE_MARGIN_PX = 16;
const TITLE_PX = 26;
const FOOT_PX = 24;

const button = (text: string, label: string, run: () => void): HTMLButtonElement => {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'tool';
  made.textContent = text;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', run);
  return made;
};

/** Shows the outcome on the button for a moment. */
const showOutcome = (at: HTMLButtonElement, text: string): void => {
  const before = at.textContent;
  at.textContent = text;
  setTimeout(() => {
    at.textContent = before;
  }, 1500);
};

/** The chart with its title above and its arms and run below. */
const pictureOf = (canvas: HTMLCanvasElement, title: string): string => {
  const scale = canvas.width / Math.max(1, canvas.clientWidth);
  const picture = document.createElement('canvas');
  picture.width = canvas.width + 2 * PICTURE_MARGIN_PX * scale;
  picture.height = canvas.height + (TITLE_PX + 2 * FOOT_PX + 2 * PICTURE_MARGIN_PX) * scale;
  const drawing = picture.getContext('2d');
  if (drawing === null) return '';
  drawing.scale(scale, scale);
  drawing.fillStyle = css('--paper');
  drawing.fillRect(0, 0, picture.width, picture.height);
  drawing.textBaseline = 'top';
  drawing.fillStyle = css('--ink');
  drawing.font = `600 14px ${css('--sans')}`;
  drawing.fillText(title, PICTURE_MARGIN_PX, PICTURE_MARGIN_PX);
  const [width, height] = [canvas.width / scale, canvas.height / scale];
  drawing.drawImage(canvas, PICTURE_MARGIN_PX, PICTURE_MARGIN_PX + TITLE_PX, width, height);
  drawing.font = `12px ${css('--sans')}`;
  let left = PICTURE_MARGIN_PX;
  const y = PICTURE_MARGIN_PX + TITLE_PX + height + 8;
  for (const [arm, { id }] of data.arms.entries()) {
    if (!isShown(arm) || !armsOn(canvas.id).has(arm)) continue;
    drawing.fillStyle = armColor(arm);
    drawing.fillRect(left, y + 1, 10, 10);
    drawing.fillStyle = css('--ink');
    drawing.fillText(id, left + 15, y);
    left += 15 + drawing.measureText(id).width + 18;
  }
  drawing.fillStyle = css('--muted');
  drawing.fillText(`cfsbench run ${data.run}`, PICTURE_MARGIN_PX, y + FOOT_PX);
  return picture.toDataURL('image/png');
};

const fileName = (title: string): string =>
  `${data.run} ${title}`
    .replace(/[^A-Za-z0-9.=-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 120);

const savePicture = (canvas: HTMLCanvasElement, title: string): void => {
  const link = document.createElement('a');
  link.href = pictureOf(canvas, title);
  link.download = `${fileName(title)}.png`;
  link.click();
};

const cellText = (cell: HTMLElement): string => cell.innerText.replace(/\s+/g, ' ').trim();

/** Visible cells; a row that spans the table has one. */
const rowsOf = (table: HTMLTableElement): readonly (readonly string[])[] =>
  [...table.rows]
    .filter((row) => row.closest('[hidden]') === null)
    .map((row) => [...row.cells].filter(({ hidden }) => !hidden).map(cellText));

const asMarkdown = (table: HTMLTableElement): string => {
  const [head = [], ...body] = rowsOf(table);
  const line = (cells: readonly string[]): string =>
    `| ${head.map((_, index) => (cells[index] ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? ' --- |' : ' ---: |')).join('')}`;
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

const copy = async (text: string, at: HTMLButtonElement): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text);
    showOutcome(at, 'copied');
  } catch {
    showOutcome(at, 'not allowed');
  }
};

const startTools = (): void => {
  for (const canvas of document.querySelectorAll('canvas')) {
    const caption = canvas.closest('figure')?.querySelector('figcaption');
    const title = caption?.textContent?.trim() ?? '';
    caption?.append(button('PNG', `save the chart ${title} as a PNG file`, () => savePicture(canvas, title)));
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
        void copy(of(table), made);
      });
      tools.append(made);
    }
    table.parentElement?.before(tools);
  }
};
