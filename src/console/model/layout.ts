/** A map → the position of everything on it, in the map's own units (pixels at zoom 1). */
import type { LinkMap, MapArea, MapEdge, MapNode } from './map.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedArea extends Box {
  readonly area: MapArea;
}

export interface PlacedNode extends Box {
  readonly node: MapNode;
  readonly area: MapArea;
}

export interface PlacedEdge {
  readonly edge: MapEdge;
  readonly from: Point;
  readonly to: Point;
  /** Stroke width, which grows slowly with the number of links. */
  readonly width: number;
}

export interface Layout extends Box {
  readonly areas: readonly PlacedArea[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Where the two ends of a link are: its machine and its role, or the closed areas that hold them. None if the map lacks it. */
export function endsOf({ areas, nodes }: Pick<Layout, 'areas' | 'nodes'>, link: string): readonly Box[] {
  return areas
    .filter(({ area }) => area.links.includes(link))
    .map(
      (placed) => nodes.find(({ node, area }) => area === placed.area && node.links.includes(link)) ?? placed,
    );
}

interface Sizes {
  readonly areaWidth: number;
  /** Between the two columns. */
  readonly channel: number;
}

const WIDE: Sizes = { areaWidth: 324, channel: 340 };
/** For narrow screens, on which names would otherwise be too small to read. */
const NARROW: Sizes = { areaWidth: 214, channel: 96 };

const SIZES = {
  /** Title and counts; a closed area has nothing else. */
  header: 54,
  nodeHeight: 31,
  nodeGap: 5,
  padding: 12,
  areaGap: 20,
} as const;

/** Places areas, nodes and edges. */
export function layOutMap(map: LinkMap, narrow = false): Layout {
  const { areaWidth, channel } = narrow ? NARROW : WIDE;
  const heights = [columnHeight(map.left), columnHeight(map.right)] as const;
  const height = Math.max(...heights);
  const left = placeColumn(map.left, { x: 0, y: (height - heights[0]) / 2, width: areaWidth });
  const right = placeColumn(map.right, {
    x: areaWidth + channel,
    y: (height - heights[1]) / 2,
    width: areaWidth,
  });
  const areas = [...left.areas, ...right.areas];
  const nodes = [...left.nodes, ...right.nodes];
  return {
    x: 0,
    y: 0,
    width: 2 * areaWidth + channel,
    height,
    areas,
    nodes,
    edges: placeEdges(map.edges, areas, nodes),
  };
}

function columnHeight(areas: readonly MapArea[]): number {
  const sum = areas.reduce((total, area) => total + areaHeight(area), 0);
  return sum + Math.max(areas.length - 1, 0) * SIZES.areaGap;
}

function areaHeight({ nodes }: MapArea): number {
  if (nodes.length === 0) return SIZES.header;
  return SIZES.header + nodes.length * (SIZES.nodeHeight + SIZES.nodeGap) - SIZES.nodeGap + SIZES.padding;
}

function placeColumn(
  areas: readonly MapArea[],
  { x, y: top, width }: Omit<Box, 'height'>,
): { readonly areas: readonly PlacedArea[]; readonly nodes: readonly PlacedNode[] } {
  const placed: PlacedArea[] = [];
  const nodes: PlacedNode[] = [];
  let y = top;
  for (const area of areas) {
    placed.push({ area, x, y, width, height: areaHeight(area) });
    for (const [index, node] of area.nodes.entries()) {
      nodes.push({
        node,
        area,
        x: x + SIZES.padding,
        y: y + SIZES.header + index * (SIZES.nodeHeight + SIZES.nodeGap),
        width: width - 2 * SIZES.padding,
        height: SIZES.nodeHeight,
      });
    }
    y += areaHeight(area) + SIZES.areaGap;
  }
  return { areas: placed, nodes };
}

/** An edge leaves and reaches a box at the middle of its side. At a closed area, which has room, several edges are spread in
 *  the order of their other ends. */
function placeEdges(
  edges: readonly MapEdge[],
  areas: readonly PlacedArea[],
  nodes: readonly PlacedNode[],
): readonly PlacedEdge[] {
  const boxes = new Map<string, Box>([
    ...areas.map((placed) => [placed.area.id, placed] as const),
    ...nodes.map((placed) => [placed.node.id, placed] as const),
  ]);
  const middle = (id: string) => {
    const box = boxes.get(id);
    return box === undefined ? 0 : box.y + box.height / 2;
  };
  const starts = ports(
    edges,
    ({ from }) => from,
    ({ to }) => middle(to),
    boxes,
  );
  const ends = ports(
    edges,
    ({ to }) => to,
    ({ from }) => middle(from),
    boxes,
  );
  return edges.map((edge, index) => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    return {
      edge,
      from: { x: (from?.x ?? 0) + (from?.width ?? 0), y: starts[index] ?? 0 },
      to: { x: to?.x ?? 0, y: ends[index] ?? 0 },
      width: Math.min(1.5 + Math.log2(edge.links.length), 7),
    };
  });
}

/** The height at which each edge meets its box. */
function ports(
  edges: readonly MapEdge[],
  endOf: (edge: MapEdge) => string,
  otherEnd: (edge: MapEdge) => number,
  boxes: ReadonlyMap<string, Box>,
): readonly number[] {
  const meeting = new Map<string, number[]>();
  for (const [index, edge] of edges.entries()) {
    const indexes = meeting.get(endOf(edge));
    if (indexes === undefined) meeting.set(endOf(edge), [index]);
    else indexes.push(index);
  }
  const heights: number[] = [];
  for (const [id, indexes] of meeting) {
    const box = boxes.get(id);
    if (box === undefined) continue;
    const others = new Map(indexes.map((index) => [index, otherOf(edges[index], otherEnd)]));
    const sorted = indexes.toSorted((a, b) => (others.get(a) ?? 0) - (others.get(b) ?? 0));
    // A node has one port, a closed area room for many.
    const room = 'node' in box ? 0 : box.height * 0.7;
    const spread = Math.min(room / Math.max(sorted.length - 1, 1), 9);
    for (const [place, index] of sorted.entries()) {
      heights[index] = box.y + box.height / 2 + (place - (sorted.length - 1) / 2) * spread;
    }
  }
  return heights;
}

function otherOf(edge: MapEdge | undefined, otherEnd: (edge: MapEdge) => number): number {
  return edge === undefined ? 0 : otherEnd(edge);
}
