/** Links as a picture to send to others: machines on the left, roles on the right, in the console's layout. */
import type { Tone } from '../../console/model/contract.ts';
import { BEND } from '../../console/model/hit.ts';
import {
  layOutMap,
  type Layout,
  type PlacedArea,
  type PlacedEdge,
  type PlacedNode,
  type Point,
} from '../../console/model/layout.ts';
import type { LinkMap } from '../../console/model/map.ts';
import { lineOf, shorten } from '../../console/model/text.ts';
import { TONE_NAMES, TONES } from '../../console/model/tones.ts';
import { escapeXml } from './escape.ts';

export interface Caption {
  readonly title: string;
  readonly detail: string;
}

const MARGIN = 28;
const HEADER = 76;
/** How many characters of a label an edge shows; there is no room for more between the columns. */
const LABEL_LENGTH = 30;
/** Approximate width of a character in pixels, at the sizes used here. */
const CHARACTER = { area: 8.4, node: 8, detail: 6.4, label: 6.1 } as const;
const LABEL_HEIGHT = 17;

/** A self-contained SVG, light or dark as its reader prefers. */
export function svgOf(map: LinkMap, caption: Caption): string {
  const layout = layOutMap(map);
  const width = Math.ceil(layout.width + 2 * MARGIN);
  const height = Math.ceil(layout.height + 2 * MARGIN + HEADER);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(caption.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    header(caption, width),
    `<g transform="translate(${MARGIN} ${MARGIN + HEADER})">`,
    ...layout.areas.map(areaOf),
    ...layout.edges.map(edgeOf),
    ...labelsOf(layout),
    ...layout.nodes.map(nodeOf),
    '</g>',
    '</svg>\n',
  ].join('\n');
}

/** The console's colours, by the names and values of its base.css (test/pure/console/colours). */
export const COLOURS = {
  light:
    '--ground:#f4f5f8;--surface:#ffffff;--area:#eceef4;--ink:#14171f;--muted:#586074;--line-strong:#ccd1dc;--ready:#0a7a4f;--trouble:#c8233a;--working:#9e5a00;--paused:#616b80',
  dark: '--ground:#0b0e14;--surface:#171c27;--area:#11151e;--ink:#e9ecf3;--muted:#98a2b5;--line-strong:#343d50;--ready:#3ad29f;--trouble:#ff6d7f;--working:#f2b04a;--paused:#8f99ad',
} as const;

const STYLE = [
  `svg{${COLOURS.light};font-family:Inter,system-ui,-apple-system,"Segoe UI",sans-serif}`,
  `@media(prefers-color-scheme:dark){svg{${COLOURS.dark}}}`,
  '.ground{fill:var(--ground)}.area{fill:var(--area);stroke:var(--line-strong)}.node{fill:var(--surface);stroke:var(--line-strong)}',
  'text{fill:var(--ink)}.muted{fill:var(--muted);font-size:12px}.head{font-size:19px;font-weight:650}.name{font-size:15px;font-weight:600}',
  '.mono{font:500 12.5px "JetBrains Mono",ui-monospace,SFMono-Regular,Menlo,monospace}.label{font-size:11px;fill:var(--muted);paint-order:stroke;stroke:var(--ground);stroke-width:5px;stroke-linejoin:round}',
  '.edge{fill:none}',
  ...TONES.map((tone) => `.${tone}{stroke:var(--${tone})}.dot.${tone}{fill:var(--${tone})}`),
  '.paused.edge{stroke-dasharray:6 5}.working.edge{stroke-dasharray:2 4}.trouble.edge{stroke-dasharray:9 4}',
].join('');

function header({ title, detail }: Caption, width: number): string {
  let x = width - MARGIN;
  const legend = TONES.map((tone) => {
    x -= TONE_NAMES[tone].length * CHARACTER.detail + 36;
    return `<circle class="dot ${tone}" cx="${x}" cy="${MARGIN + 22}" r="5"/><text class="muted" x="${x + 11}" y="${MARGIN + 26}">${TONE_NAMES[tone]}</text>`;
  });
  return [
    `<text class="head" x="${MARGIN}" y="${MARGIN + 18}">${escapeXml(title)}</text>`,
    `<text class="muted" x="${MARGIN}" y="${MARGIN + 40}">${escapeXml(detail)}</text>`,
    ...legend,
  ].join('\n');
}

function areaOf({ area, x, y, width, height }: PlacedArea): string {
  const room = (size: number) => Math.floor((width - 32) / size);
  const details = lineOf(area.details, ({ length }) => length <= room(CHARACTER.detail));
  return [
    `<g><title>${escapeXml(`${area.title}: ${lineOf(area.details, () => true)}`)}</title>`,
    `<rect class="area" x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/>`,
    `<text class="name" x="${x + 16}" y="${y + 25}">${escapeXml(shorten(area.title, room(CHARACTER.area)))}</text>`,
    `<text class="muted" x="${x + 16}" y="${y + 44}">${escapeXml(shorten(details, room(CHARACTER.detail)))}</text></g>`,
  ].join('');
}

function nodeOf({ node, x, y, width, height }: PlacedNode): string {
  const detail = shorten(node.detail, 16);
  const detailWidth = detail.length * CHARACTER.detail;
  const room = Math.floor((width - 44 - detailWidth) / CHARACTER.node);
  const middle = y + height / 2 + 4;
  return [
    `<g><title>${escapeXml(`${node.label}${node.detail === '' ? '' : ` (${node.detail})`}: ${TONE_NAMES[node.tone]}. ${node.links.join(', ')}`)}</title>`,
    `<rect class="node" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    `<circle class="dot ${node.tone}" cx="${x + 15}" cy="${y + height / 2}" r="4"/>`,
    `<text class="mono" x="${x + 27}" y="${middle}">${escapeXml(shorten(node.label, room))}</text>`,
    `<text class="muted" x="${x + width - 10}" y="${middle}" text-anchor="end">${escapeXml(detail)}</text></g>`,
  ].join('');
}

function edgeOf({ edge, from, to, width }: PlacedEdge): string {
  const bend = (to.x - from.x) * BEND;
  const path = `M${at(from)} C${at({ x: from.x + bend, y: from.y })} ${at({ x: to.x - bend, y: to.y })} ${at(to)}`;
  return `<path class="edge ${edge.tone}" d="${path}" stroke-width="${width.toFixed(1)}"><title>${escapeXml(titleOf(edge.links, edge.tone))}</title></path>`;
}

function titleOf(links: readonly string[], tone: Tone): string {
  return `${links.join(', ')}: ${TONE_NAMES[tone]}`;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

/** The area that a label takes. */
interface Plate {
  readonly point: Point;
  readonly width: number;
}

/** Where on its edge a label may be, the best place first. */
const PLACES = [0.5, 0.38, 0.62, 0.28, 0.72];

/** The name of the link on each edge, as far as names do not overlap; the others show as a tooltip. */
function labelsOf({ edges }: Layout): readonly string[] {
  const taken: Plate[] = [];
  return edges.flatMap(({ edge, from, to }) => {
    const [first = ''] = edge.links;
    const text = shorten(edge.links.length === 1 ? first : `${edge.links.length} links`, LABEL_LENGTH);
    const width = text.length * CHARACTER.label + 12;
    const places = PLACES.map((part) => onCurve(from, to, part));
    const place = places.find((point) => taken.every((other) => !cover({ point, width }, other)));
    if (place === undefined) return [];
    taken.push({ point: place, width });
    const { x, y } = place;
    return [
      `<text class="label" x="${x.toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="middle">${escapeXml(text)}</text>`,
    ];
  });
}

function cover(a: Plate, b: Plate): boolean {
  return (
    Math.abs(a.point.x - b.point.x) < (a.width + b.width) / 2 &&
    Math.abs(a.point.y - b.point.y) < LABEL_HEIGHT
  );
}

/** A point of the edge's Bézier curve. */
function onCurve(from: Point, to: Point, part: number): Point {
  const bend = (to.x - from.x) * BEND;
  const rest = 1 - part;
  const along = (a: number, b: number, c: number, d: number) =>
    rest ** 3 * a + 3 * rest ** 2 * part * b + 3 * rest * part ** 2 * c + part ** 3 * d;
  return {
    x: along(from.x, from.x + bend, to.x - bend, to.x),
    y: along(from.y, from.y, to.y, to.y),
  };
}
