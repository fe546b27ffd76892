/** What is under the pointer. */
import type { Box, Layout, PlacedArea, PlacedEdge, PlacedNode, Point } from './layout.ts';

export type Hit =
  | { readonly kind: 'node'; readonly placed: PlacedNode }
  | { readonly kind: 'area'; readonly placed: PlacedArea }
  | { readonly kind: 'edge'; readonly placed: PlacedEdge };

/** What is at a point; undefined if nothing.
 *  @param reach how far from an edge still counts, in the map's units */
export function hitAt(layout: Layout, at: Point, reach: number): Hit | undefined {
  const node = layout.nodes.find((placed) => holds(placed, at));
  if (node !== undefined) return { kind: 'node', placed: node };
  const area = layout.areas.find((placed) => holds(placed, at));
  if (area !== undefined) return { kind: 'area', placed: area };
  const edge = nearestEdge(layout.edges, at, reach);
  return edge === undefined ? undefined : { kind: 'edge', placed: edge };
}

/** Keys of the links for which a hit stands. */
export function linksOf(hit: Hit): readonly string[] {
  switch (hit.kind) {
    case 'node':
      return hit.placed.node.links;
    case 'area':
      return hit.placed.area.links;
    case 'edge':
      return hit.placed.edge.links;
  }
}

function holds({ x, y, width, height }: Box, at: Point): boolean {
  return at.x >= x && at.x <= x + width && at.y >= y && at.y <= y + height;
}

function nearestEdge(edges: readonly PlacedEdge[], at: Point, reach: number): PlacedEdge | undefined {
  let nearest: PlacedEdge | undefined;
  let least = reach;
  for (const placed of edges) {
    const { from, to, width } = placed;
    if (at.x < from.x || at.x > to.x) continue;
    if (at.y < Math.min(from.y, to.y) - reach - width || at.y > Math.max(from.y, to.y) + reach + width)
      continue;
    const distance = Math.abs(heightAt(placed, at.x) - at.y) - width / 2;
    if (distance < least) {
      least = distance;
      nearest = placed;
    }
  }
  return nearest;
}

/** Distance of each control point from its end, as a part of the way across. */
export const BEND = 0.5;

/** The height of an edge's curve at `x`. With control points at half the way, x grows steadily along the curve, so it
 *  is found by halving. */
function heightAt({ from, to }: PlacedEdge, x: number): number {
  const part = (x - from.x) / Math.max(to.x - from.x, 1);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 20; step += 1) {
    const t = (low + high) / 2;
    if (cubic(t, [0, BEND, 1 - BEND, 1]) < part) low = t;
    else high = t;
  }
  return cubic((low + high) / 2, [from.y, from.y, to.y, to.y]);
}

/** A point of a Bézier curve, of its four. */
function cubic(t: number, [a, b, c, d]: readonly [number, number, number, number]): number {
  const s = 1 - t;
  return s ** 3 * a + 3 * s ** 2 * t * b + 3 * s * t ** 2 * c + t ** 3 * d;
}
