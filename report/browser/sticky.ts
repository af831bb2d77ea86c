// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Heads of tables stay in view: below the filters where the table fits into the page, at the top of its frame where it is wider.
const startTables = (): void => {
  const bar = document.getElementById('filters');
  const frames = [...document.querySelectorAll<HTMLElement>('.scroll')];
  const fit = (frame: HTMLElement): void => {
    const table = frame.querySelector('table');
    frame.classList.toggle('fits', table !== null && table.scrollWidth <= frame.clientWidth + 1);
  };
  const measure = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target === bar) {
        const isSticky = getComputedStyle(bar).position === 'sticky';
        document.documentElement.style.setProperty('--bar', `${isSticky ? bar.offsetHeight : 0}px`);
      } else if (target instanceof HTMLElement) fit(target);
  });
  if (bar !== null) measure.observe(bar);
  for (const frame of frames) measure.observe(frame);
};
