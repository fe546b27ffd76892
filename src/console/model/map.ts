/**
 * Links → a picture: areas of machines on the left, areas of roles (the target accounts) on the right, edges in between. A
 * closed area stands for everything in it, and edges with the same ends are one.
 */
import { compareText } from '../../base/compare-text.ts';
import type { LinkRow, Tone } from './contract.ts';
import { compareNames, count } from './text.ts';
import { countTones, TONES, worstTone, type ToneCounts } from './tones.ts';

/** What the areas on the left stand for. On the right they are always accounts. */
export type Grouping = 'account' | 'namespace' | 'reason';

type Side = 'left' | 'right';

export interface MapNode {
  readonly id: string;
  readonly label: string;
  /** Region of a machine, last part of a role's path. */
  readonly detail: string;
  readonly tone: Tone;
  readonly links: readonly string[];
}

export interface MapArea {
  readonly id: string;
  readonly side: Side;
  readonly title: string;
  /** What the title does not say: an account's ID, how many machines or roles, how many links. */
  readonly details: readonly string[];
  readonly open: boolean;
  readonly counts: ToneCounts;
  /** Empty while the area is closed. */
  readonly nodes: readonly MapNode[];
  /** Keys of its links. */
  readonly links: readonly string[];
}

export interface MapEdge {
  /** ID of a node, or of a closed area. */
  readonly from: string;
  readonly to: string;
  readonly tone: Tone;
  /** Keys of its links. */
  readonly links: readonly string[];
}

export interface LinkMap {
  readonly left: readonly MapArea[];
  readonly right: readonly MapArea[];
  readonly edges: readonly MapEdge[];
}

interface MapOptions {
  readonly grouping: Grouping;
  /** What people call each account, by its ID. */
  readonly names: ReadonlyMap<string, string>;
  readonly isOpen: (areaId: string) => boolean;
}

/** With more links than this, areas start closed: a picture of all of them would be of no use. */
export const MOST_OPEN_LINKS = 120;

/** Makes the map.
 *  @param links in the order in which equal ones are placed */
export function linkMap(links: readonly LinkRow[], options: MapOptions): LinkMap {
  const left = areasOf(links, 'left', options);
  const edges = edgesOf(links, options);
  const right = sortedByNeighbours(areasOf(links, 'right', options), left, edges);
  return { left, right, edges };
}

function areasOf(links: readonly LinkRow[], side: Side, options: MapOptions): readonly MapArea[] {
  const members = Map.groupBy(links, (row) => areaId(row, side, options.grouping));
  return [...members]
    .map(([id, rows]) => areaOf(id, side, rows, options))
    .toSorted((a, b) => compareAreas(a, b, options.grouping));
}

function areaOf(id: string, side: Side, rows: readonly LinkRow[], options: MapOptions): MapArea {
  const nodes = [...Map.groupBy(rows, (row) => nodeId(row, side, options.grouping))].map(([node, its]) =>
    nodeOf(node, side, its),
  );
  const [title, subtitle] = titleOf(id, side, options);
  const noun = side === 'left' ? 'machine' : 'role';
  return {
    id,
    side,
    title,
    details: [subtitle, count(nodes.length, noun), count(rows.length, 'link')].filter((one) => one !== ''),
    open: options.isOpen(id),
    counts: countTones(rows),
    nodes: options.isOpen(id) ? nodes.toSorted((a, b) => compareNames(a.id, b.id)) : [],
    links: rows.map(({ key }) => key),
  };
}

function nodeOf(id: string, side: Side, rows: readonly LinkRow[]): MapNode {
  const [first] = rows;
  const machine = side === 'left';
  return {
    id,
    label: (machine ? first?.machine.name : first?.role.name) ?? '',
    detail: machine ? (first?.machine.region ?? '') : lastFolder(first?.role.path ?? ''),
    tone: worstTone(countTones(rows)),
    links: rows.map(({ key }) => key),
  };
}

/** What distinguishes a role from its neighbours, whose paths all begin alike. */
function lastFolder(path: string): string {
  return path.split('/').at(-2) ?? '';
}

function titleOf(id: string, side: Side, { grouping, names }: MapOptions): readonly [string, string] {
  const value = id.slice(id.indexOf(':') + 1);
  if (side === 'left' && grouping !== 'account') return [value, ''];
  const name = names.get(value);
  return name === undefined ? [value, ''] : [name, value];
}

/** By title; reasons in the order in which they matter. */
function compareAreas(a: MapArea, b: MapArea, grouping: Grouping): number {
  if (grouping === 'reason' && a.side === 'left') {
    const worse = TONES.indexOf(worstTone(a.counts)) - TONES.indexOf(worstTone(b.counts));
    if (worse !== 0) return worse;
  }
  return compareNames(a.title, b.title) || compareText(a.id, b.id);
}

function edgesOf(links: readonly LinkRow[], { grouping, isOpen }: MapOptions): readonly MapEdge[] {
  const endOf = (row: LinkRow, side: Side) => {
    const area = areaId(row, side, grouping);
    return isOpen(area) ? nodeId(row, side, grouping) : area;
  };
  const bundles = Map.groupBy(links, (row) =>
    JSON.stringify([endOf(row, 'left'), endOf(row, 'right'), row.tone]),
  );
  const edges = [...bundles.values()].flatMap((rows): readonly MapEdge[] => {
    const [first] = rows;
    if (first === undefined) return [];
    return [
      {
        from: endOf(first, 'left'),
        to: endOf(first, 'right'),
        tone: first.tone,
        links: rows.map(({ key }) => key),
      },
    ];
  });
  // What is drawn last is on top: trouble.
  return edges.toSorted((a, b) => TONES.indexOf(b.tone) - TONES.indexOf(a.tone));
}

/** Each area, and within it each node, at the average place of its neighbours on the left, so that fewer edges cross. */
function sortedByNeighbours(
  right: readonly MapArea[],
  left: readonly MapArea[],
  edges: readonly MapEdge[],
): readonly MapArea[] {
  const ranks = new Map<string, number>();
  for (const area of left) {
    ranks.set(area.id, ranks.size);
    for (const node of area.nodes) ranks.set(node.id, ranks.size);
  }
  const byTarget = new Map<string, { sum: number; weight: number }>();
  for (const { from, to, links } of edges) {
    const { sum, weight } = byTarget.get(to) ?? { sum: 0, weight: 0 };
    byTarget.set(to, { sum: sum + (ranks.get(from) ?? 0) * links.length, weight: weight + links.length });
  }
  const meanOf = (ids: readonly string[]) => {
    const votes = ids.map((id) => byTarget.get(id) ?? { sum: 0, weight: 0 });
    const weight = votes.reduce((total, vote) => total + vote.weight, 0);
    return weight === 0 ? 0 : votes.reduce((total, vote) => total + vote.sum, 0) / weight;
  };
  const means = new Map(
    right.flatMap((area) => [
      [area.id, meanOf([area.id, ...area.nodes.map(({ id }) => id)])] as const,
      ...area.nodes.map(({ id }) => [id, meanOf([id])] as const),
    ]),
  );
  const byMean = (a: { readonly id: string }, b: { readonly id: string }) =>
    (means.get(a.id) ?? 0) - (means.get(b.id) ?? 0) || compareText(a.id, b.id);
  return right.map((area) => ({ ...area, nodes: area.nodes.toSorted(byMean) })).toSorted(byMean);
}

function areaId(row: LinkRow, side: Side, grouping: Grouping): string {
  if (side === 'right') return `right:${row.role.account}`;
  const values = { account: row.machine.account, namespace: row.namespace, reason: row.reason };
  return `left:${values[grouping]}`;
}

/** A machine with links in two areas is in both. */
function nodeId(row: LinkRow, side: Side, grouping: Grouping): string {
  const { machine, role } = row;
  const parts =
    side === 'left' ? [machine.name, machine.region, machine.account] : [role.name, role.path, role.account];
  return JSON.stringify([areaId(row, side, grouping), ...parts]);
}
