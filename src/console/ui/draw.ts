/** Paints the map. Canvas 2D needs no graphics card, and paints a whole fleet in a few milliseconds. */
import type { Tone } from '../model/contract.ts';
import { BEND } from '../model/hit.ts';
import type { Box, Layout, PlacedArea, PlacedEdge, PlacedNode, Point } from '../model/layout.ts';
import { lineOf, shorten } from '../model/text.ts';
import { TONES, type ToneCounts } from '../model/tones.ts';
import { visiblePart, type Size, type Viewport } from '../model/viewport.ts';

export interface Palette {
  readonly surface: string;
  readonly area: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  readonly tones: Readonly<Record<Tone, string>>;
}

interface Picture {
  readonly layout: Layout;
  readonly view: Viewport;
  readonly screen: Size;
  readonly palette: Palette;
  /** Keys of the links that are pointed at or selected; undefined if there are none. The others are dimmed. */
  readonly lit: ReadonlySet<string> | undefined;
  /** Keys of links that have just changed. */
  readonly fresh: ReadonlySet<string>;
}

/** Colours from the style sheet, for the present theme. */
export function readPalette(element: HTMLElement): Palette {
  // For a custom property the browser returns its text, which covers both themes; for a colour, the computed value.
  const color = (name: string) => {
    element.style.color = `var(--${name})`;
    return getComputedStyle(element).color;
  };
  const palette = {
    surface: color('surface'),
    area: color('area'),
    line: color('line-strong'),
    ink: color('ink'),
    muted: color('muted'),
    accent: color('accent'),
    tones: {
      ready: color('ready'),
      trouble: color('trouble'),
      working: color('working'),
      paused: color('paused'),
    },
  };
  element.style.removeProperty('color');
  return palette;
}

/** Below these zooms text cannot be read, and is not drawn. */
const READABLE = { node: 0.42, area: 0.3 } as const;
/** Narrower boxes show only the name. */
const ROOM_FOR_DETAIL = 220;
const SANS = 'Inter, system-ui, sans-serif';
const MONO = '"JetBrains Mono", ui-monospace, monospace';
/** Opacity of what is not lit. */
const DIMMED = 0.14;

export function drawMap(context: CanvasRenderingContext2D, picture: Picture, pixelRatio: number): void {
  const { layout, view, screen } = picture;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, screen.width * pixelRatio, screen.height * pixelRatio);
  const scale = view.zoom * pixelRatio;
  context.setTransform(scale, 0, 0, scale, view.x * pixelRatio, view.y * pixelRatio);
  const seen = visiblePart(view, screen);
  for (const placed of layout.areas) if (meets(placed, seen)) drawArea(context, placed, picture);
  drawEdges(context, picture, seen);
  for (const placed of layout.nodes) if (meets(placed, seen)) drawNode(context, placed, picture);
}

function meets(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && a.x + a.width > b.x && a.y < b.y + b.height && a.y + a.height > b.y;
}

/** Edges that look the same are one path: thousands of strokes would take thousands of times as long. */
function drawEdges(
  context: CanvasRenderingContext2D,
  { layout, view, palette, lit }: Picture,
  seen: Box,
): void {
  const looks = new Map<
    string,
    { readonly first: PlacedEdge; readonly bright: boolean; readonly path: Path2D }
  >();
  for (const placed of layout.edges) {
    const { from, to, edge, width } = placed;
    if (Math.max(from.y, to.y) < seen.y || Math.min(from.y, to.y) > seen.y + seen.height) continue;
    const bright = lit === undefined || edge.links.some((key) => lit.has(key));
    const key = `${bright}${edge.tone}${Math.round(width * 2)}`;
    const look = looks.get(key) ?? { first: placed, bright, path: new Path2D() };
    looks.set(key, look);
    const bend = (to.x - from.x) * BEND;
    look.path.moveTo(from.x, from.y);
    look.path.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
  }
  for (const { first, bright, path } of [...looks.values()].toSorted(
    (a, b) => Number(a.bright) - Number(b.bright),
  )) {
    const { tone } = first.edge;
    const isInOrder = lit === undefined && tone === 'ready';
    const brightness = isInOrder ? 0.55 : 0.95;
    context.globalAlpha = bright ? brightness : DIMMED;
    context.strokeStyle = palette.tones[tone];
    // Never too thin to see.
    context.lineWidth = Math.max(first.width, 1.2 / view.zoom);
    context.setLineDash(tone === 'paused' ? [6, 5] : []);
    context.stroke(path);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawArea(context: CanvasRenderingContext2D, placed: PlacedArea, picture: Picture): void {
  const { palette, view, lit } = picture;
  const { area, x, y, width } = placed;
  const bright = lit === undefined || area.links.some((key) => lit.has(key));
  context.globalAlpha = bright ? 1 : 0.45;
  fillRound(context, placed, 14, palette.area);
  strokeRound(context, placed, 14, { color: palette.line, width: 1 });
  const narrow = READABLE.area > view.zoom;
  if (!narrow) {
    context.fillStyle = palette.ink;
    context.font = `600 15px ${SANS}`;
    context.fillText(fitText(context, area.title, width - 96), x + 16, y + 25);
    context.fillStyle = palette.muted;
    context.font = `400 12px ${SANS}`;
    const room = width - 32;
    const details = lineOf(area.details, (line) => context.measureText(line).width <= room);
    context.fillText(fitText(context, details, room), x + 16, y + 44);
    drawChevron(context, { x: x + width - 20, y: y + 20 }, area.open, palette.muted);
  }
  drawShares(context, area.counts, { x: x + width - 76, y: y + 17, width: 42, height: 6 }, palette);
  context.globalAlpha = 1;
}

/** The states of an area's links, as one bar. */
function drawShares(context: CanvasRenderingContext2D, counts: ToneCounts, bar: Box, palette: Palette): void {
  const whole = TONES.reduce((sum, tone) => sum + counts[tone], 0);
  context.save();
  context.beginPath();
  context.roundRect(bar.x, bar.y, bar.width, bar.height, 3);
  context.clip();
  let { x } = bar;
  for (const tone of TONES) {
    const width = (bar.width * counts[tone]) / Math.max(whole, 1);
    context.fillStyle = palette.tones[tone];
    context.fillRect(x, bar.y, width, bar.height);
    x += width;
  }
  context.restore();
}

function drawChevron(context: CanvasRenderingContext2D, { x, y }: Point, open: boolean, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 1.6;
  context.beginPath();
  if (open) {
    context.moveTo(x - 4, y - 2);
    context.lineTo(x, y + 2);
    context.lineTo(x + 4, y - 2);
  } else {
    context.moveTo(x - 2, y - 4);
    context.lineTo(x + 2, y);
    context.lineTo(x - 2, y + 4);
  }
  context.stroke();
}

function drawNode(context: CanvasRenderingContext2D, placed: PlacedNode, picture: Picture): void {
  const { palette, view, lit, fresh } = picture;
  const { node, area, x, y, width, height } = placed;
  const chosen = lit !== undefined && node.links.some((key) => lit.has(key));
  context.globalAlpha = lit === undefined || chosen ? 1 : 0.4;
  fillRound(context, placed, 9, palette.surface);
  const stroke = chosen ? { color: palette.accent, width: 1.8 } : { color: palette.line, width: 1 };
  strokeRound(context, placed, 9, stroke);
  if (node.links.some((key) => fresh.has(key))) {
    const halo = { x: x - 3, y: y - 3, width: width + 6, height: height + 6 };
    strokeRound(context, halo, 12, { color: palette.tones[node.tone], width: 2.5 });
  }
  // The dot is where the edges leave.
  const dotX = area.side === 'left' ? x + width : x;
  context.fillStyle = palette.tones[node.tone];
  context.beginPath();
  context.arc(dotX, y + height / 2, 4.5, 0, 2 * Math.PI);
  context.fill();
  if (view.zoom >= READABLE.node) {
    context.font = `400 10.5px ${MONO}`;
    const detail = width < ROOM_FOR_DETAIL ? '' : shorten(node.detail, 20);
    const detailWidth = context.measureText(detail).width;
    context.fillStyle = palette.muted;
    context.fillText(detail, x + width - 12 - detailWidth, y + height / 2 + 4);
    context.fillStyle = palette.ink;
    context.font = `500 13px ${SANS}`;
    context.fillText(fitText(context, node.label, width - detailWidth - 34), x + 13, y + height / 2 + 4.5);
  }
  context.globalAlpha = 1;
}

function fillRound(context: CanvasRenderingContext2D, box: Box, radius: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
  context.fill();
}

interface Stroke {
  readonly color: string;
  readonly width: number;
}

function strokeRound(
  context: CanvasRenderingContext2D,
  box: Box,
  radius: number,
  { color, width }: Stroke,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
  context.stroke();
}

/** The text, without its middle if it would be wider than `width`. */
function fitText(context: CanvasRenderingContext2D, text: string, width: number): string {
  const whole = context.measureText(text).width;
  if (whole <= width) return text;
  return shorten(text, Math.max(Math.floor((text.length * width) / whole) - 1, 3));
}
