// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// The part of a canvas's drawing context that Chart.js and the plugins of this page use, written as SVG. The same calls give the same text.

/** The state that `save` keeps. */
const SVG_STYLES = [
  ...(['fillStyle', 'strokeStyle', 'lineWidth', 'lineCap', 'lineJoin', 'globalAlpha'] as const),
  ...(['font', 'textAlign', 'textBaseline', 'matrix', 'clipPath', 'dash'] as const),
] as const;

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const xmlText = (text: string): string => text.replace(/[&<>"']/g, (char) => XML_ENTITIES[char] ?? '');

const ANCHORS: Readonly<Record<string, string>> = {
  center: 'middle',
  end: 'end',
  right: 'end',
};

/** Programs that show slides do not know the baselines of SVG: the text is moved instead, by shares of its size. */
const BASELINES: Readonly<Record<string, number>> = { middle: 0.35, top: 0.8, hanging: 0.8, bottom: -0.2 };

const attributes = (pairs: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(pairs)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) => ` ${name}="${typeof value === 'number' ? svgNumber(value) : xmlText(value ?? '')}"`,
    )
    .join('');

const svgNumber = (value: number): string => String(Number(value.toFixed(2)));

const measuring = document.createElement('canvas').getContext('2d');

class SvgContext {
  readonly canvas: { width: number; height: number; getContext: () => SvgContext };
  fillStyle: unknown = '#000000';
  strokeStyle: unknown = '#000000';
  lineWidth = 1;
  lineCap = 'butt';
  lineJoin = 'miter';
  globalAlpha = 1;
  font = '10px sans-serif';
  textAlign = 'start';
  textBaseline = 'alphabetic';
  matrix = new DOMMatrix();
  clipPath: string | null = null;
  dash: readonly number[] = [];
  readonly #prefix: string;
  readonly #elements: string[] = [];
  readonly #clips: string[] = [];
  readonly #saved: Partial<SvgContext>[] = [];
  #path: string[] = [];

  /** `prefix`: of the ids of clip paths. */
  constructor(width: number, height: number, prefix: string) {
    this.#prefix = prefix;
    this.canvas = { width, height, getContext: () => this };
  }

  /** The elements drawn so far. */
  get markup(): string {
    const clips = this.#clips.length === 0 ? '' : `<defs>${this.#clips.join('')}</defs>\n`;
    return `${clips}${this.#elements.join('\n')}`;
  }

  save(): void {
    this.#saved.push(Object.fromEntries(SVG_STYLES.map((name) => [name, this[name]])));
  }
  restore(): void {
    Object.assign(this, this.#saved.pop());
  }
  translate(x: number, y: number): void {
    this.matrix = this.matrix.translate(x, y);
  }
  rotate(radians: number): void {
    this.matrix = this.matrix.rotate((radians * 180) / Math.PI);
  }
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.matrix = new DOMMatrix([a, b, c, d, e, f]);
  }
  resetTransform(): void {
    this.matrix = new DOMMatrix();
  }
  setLineDash(dash: readonly number[]): void {
    this.dash = [...dash];
  }

  beginPath(): void {
    this.#path = [];
  }
  closePath(): void {
    this.#path.push('Z');
  }
  moveTo(x: number, y: number): void {
    this.#path.push(`M${this.#at(x, y)}`);
  }
  lineTo(x: number, y: number): void {
    this.#path.push(`${this.#path.length === 0 ? 'M' : 'L'}${this.#at(x, y)}`);
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path.push(`C${this.#at(x1, y1)} ${this.#at(x2, y2)} ${this.#at(x, y)}`);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(
      `M${this.#at(x, y)}L${this.#at(x + width, y)}L${this.#at(x + width, y + height)}L${this.#at(x, y + height)}Z`,
    );
  }
  arc(x: number, y: number, radius: number, from: number, to: number, isBackwards = false): void {
    const point = (angle: number): string =>
      this.#at(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    const sweep = Math.min(Math.abs(to - from), 2 * Math.PI) * (isBackwards ? -1 : 1);
    // An arc of SVG cannot be a whole circle: two halves are.
    const half = `A${svgNumber(radius)} ${svgNumber(radius)} 0 0 ${isBackwards ? 0 : 1} `;
    this.lineTo(x + radius * Math.cos(from), y + radius * Math.sin(from));
    this.#path.push(`${half}${point(from + sweep / 2)}`, `${half}${point(from + sweep)}`);
  }

  fill(): void {
    this.#add('path', { d: this.#path.join(''), ...this.#fillPaint() });
  }
  stroke(): void {
    const { strokeStyle, lineWidth, lineCap, lineJoin, dash, globalAlpha } = this;
    this.#add('path', {
      d: this.#path.join(''),
      fill: 'none',
      stroke: String(strokeStyle),
      'stroke-width': lineWidth,
      'stroke-linecap': lineCap === 'butt' ? null : lineCap,
      'stroke-linejoin': lineJoin === 'miter' ? null : lineJoin,
      'stroke-dasharray': dash.length === 0 ? null : dash.map(svgNumber).join(' '),
      'stroke-opacity': globalAlpha === 1 ? null : globalAlpha,
    });
  }
  /** The clip of before still holds. */
  clip(rule: unknown = 'nonzero'): void {
    const id = `${this.#prefix}${this.#clips.length}`;
    const path = attributes({ d: this.#path.join(''), 'clip-rule': rule === 'evenodd' ? rule : null });
    this.#clips.push(`<clipPath${attributes({ id, 'clip-path': this.clipPath })}><path${path}/></clipPath>`);
    this.clipPath = `url(#${id})`;
  }
  clearRect(): void {}
  fillRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  measureText(text: string): TextMetrics | { readonly width: number } {
    if (measuring === null) return { width: text.length * 6 };
    measuring.font = this.font;
    return measuring.measureText(text);
  }
  fillText(text: string, x: number, y: number): void {
    const { font, matrix, textAlign, textBaseline } = this;
    const [, style = '', size = '10', family = 'sans-serif'] =
      /^(.*?)([\d.]+)px(?:\/\S+)?\s+(.*)$/.exec(font) ?? [];
    const isTurned = matrix.b !== 0 || matrix.a !== 1;
    const down = y + (BASELINES[textBaseline] ?? 0) * Number(size);
    const place = isTurned
      ? {
          x,
          y: down,
          transform: `matrix(${[matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f].map(svgNumber).join(' ')})`,
        }
      : { x: x + matrix.e, y: down + matrix.f };
    this.#add(
      'text',
      {
        ...place,
        'font-family': family,
        'font-size': Number(size),
        'font-weight': /\b(bold|[5-9]00)\b/.exec(style)?.[1] ?? null,
        'text-anchor': ANCHORS[textAlign] ?? null,
        ...this.#fillPaint(),
      },
      text,
    );
  }

  #at(x: number, y: number): string {
    const { a, b, c, d, e, f } = this.matrix;
    return `${svgNumber(a * x + c * y + e)} ${svgNumber(b * x + d * y + f)}`;
  }
  #fillPaint() {
    const { fillStyle, globalAlpha } = this;
    return { fill: String(fillStyle), 'fill-opacity': globalAlpha === 1 ? null : globalAlpha };
  }
  #add(
    name: string,
    pairs: Readonly<Record<string, string | number | null>>,
    text: string | null = null,
  ): void {
    const all = attributes({ ...pairs, 'clip-path': this.clipPath });
    this.#elements.push(text === null ? `<${name}${all}/>` : `<${name}${all}>${xmlText(text)}</${name}>`);
  }
}
