// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Printing: everything folded is opened, and charts are drawn for the width and the colors of paper; then all is as it was.

/** `draw` draws all visible charts again. */
const startPaper = (draw: () => void): void => {
  let opened: HTMLDetailsElement[] = [];
  // The browser lays out the print style after this event, so a class sets width and colors first.
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
    for (const details of opened) details.open = true;
    document.documentElement.classList.add('paper');
    draw();
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    document.documentElement.classList.remove('paper');
    draw();
  });
};
