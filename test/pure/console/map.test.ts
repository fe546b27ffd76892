import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { LinkRow } from '../../../src/console/model/contract.ts';
import { hitAt, linksOf } from '../../../src/console/model/hit.ts';
import { endsOf, layOutMap } from '../../../src/console/model/layout.ts';
import { linkMap, type Grouping } from '../../../src/console/model/map.ts';
import { row } from './fixtures.ts';

const NAMES = new Map([['222222222222', 'billing-prod']]);
const mapOf = (
  links: readonly LinkRow[],
  grouping: Grouping = 'account',
  isOpen: (id: string) => boolean = () => true,
) => linkMap(links, { grouping, names: NAMES, isOpen });

const LINKS = [
  row({ name: 'a' }),
  row({ name: 'b', namespace: 'risk', tone: 'trouble', reason: 'Conflict' }),
  row({ name: 'c', namespace: 'risk', role: { account: '333333333333', path: '/', name: 'c' } }),
];

describe('the map', () => {
  it('has accounts as areas, machines on the left, roles on the right', () => {
    const { left, right } = mapOf(LINKS);
    expect(left.map(({ title, nodes }) => [title, nodes.map(({ label }) => label)])).toStrictEqual([
      ['111111111111', ['a', 'b', 'c']],
    ]);
    expect(right.map(({ title, nodes }) => [title, nodes.map(({ label }) => label)])).toStrictEqual([
      ['billing-prod', ['a', 'b']],
      ['333333333333', ['c']],
    ]);
  });

  it('says of an area what its title leaves open', () => {
    const { left, right } = mapOf(LINKS);
    expect([left[0]?.details, right[0]?.details, right[1]?.details]).toStrictEqual([
      ['3 machines', '3 links'],
      ['222222222222', '2 roles', '2 links'],
      ['1 role', '1 link'],
    ]);
  });

  it('groups machines by namespace', () => {
    expect(mapOf(LINKS, 'namespace').left.map(({ title }) => title)).toStrictEqual(['payments', 'risk']);
  });

  it('groups machines by reason, trouble first', () => {
    expect(mapOf(LINKS, 'reason').left.map(({ title }) => title)).toStrictEqual(['Conflict', 'InSync']);
  });

  it('draws one edge for all links of a tone between two closed areas', () => {
    const { edges } = mapOf(LINKS, 'account', () => false);
    expect(edges.map(({ to, tone, links }) => [to, tone, links.length])).toStrictEqual([
      ['right:222222222222', 'ready', 1],
      ['right:333333333333', 'ready', 1],
      ['right:222222222222', 'trouble', 1],
    ]);
  });

  it('draws trouble last, on top of the rest', () => {
    expect(mapOf(LINKS).edges.at(-1)?.tone).toBe('trouble');
  });

  it('shows a machine of two links once, in the worse colour', () => {
    const machine = { account: '111111111111', region: 'us-east-1', name: 'shared' };
    const shared = LINKS.slice(0, 2).map((link) => Object.assign({}, link, { machine }));
    expect(mapOf(shared).left[0]?.nodes).toMatchObject([{ label: 'shared', tone: 'trouble' }]);
  });

  it('keeps apart what only joined names would confuse', () => {
    const machines = ['a","b', 'a'].map((name, index) =>
      row({ name: `l${index}`, machine: { account: '1', region: index === 0 ? '' : 'b', name } }),
    );
    expect(mapOf(machines).left[0]?.nodes).toHaveLength(2);
  });
});

const rows = fc
  .array(
    fc.record({
      machine: fc.record({
        account: fc.constantFrom('1', '2', '3'),
        region: fc.constant('r'),
        name: fc.string(),
      }),
      role: fc.record({ account: fc.constantFrom('4', '5', '1'), path: fc.constant('/'), name: fc.string() }),
      tone: fc.constantFrom('ready' as const, 'trouble' as const, 'working' as const, 'paused' as const),
      namespace: fc.constantFrom('x', 'y'),
      reason: fc.constantFrom('A', 'B'),
    }),
    { maxLength: 40 },
  )
  .map((parts) => parts.map((part, index) => row({ ...part, name: `l${index}` })));
const groupings = fc.constantFrom<Grouping>('account', 'namespace', 'reason');
const open = fc.func(fc.boolean());

describe('every map', () => {
  it('has each link on exactly one edge, and each edge between two boxes', () => {
    fc.assert(
      fc.property(rows, groupings, open, (links, grouping, isOpen) => {
        const map = mapOf(links, grouping, isOpen);
        const drawn = map.edges.flatMap((edge) => edge.links).toSorted();
        expect(drawn).toStrictEqual(links.map(({ key }) => key).toSorted());
        const ids = new Set(
          [...map.left, ...map.right].flatMap(({ id, nodes }) => [{ id }, nodes].flat().map((box) => box.id)),
        );
        expect(map.edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
      }),
    );
  });

  it('is laid out without two boxes over each other, each node inside its area', () => {
    fc.assert(
      fc.property(rows, groupings, open, (links, grouping, isOpen) => {
        const { areas, nodes } = layOutMap(mapOf(links, grouping, isOpen));
        for (const [index, a] of areas.entries())
          for (const b of areas.slice(index + 1))
            expect(a.x !== b.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
        for (const node of nodes) {
          const area = areas.find(({ area: { id } }) => id === node.area.id);
          expect(area && node.y >= area.y && node.y + node.height <= area.y + area.height).toBe(true);
        }
      }),
    );
  });

  it('has no more of a closed area than its title', () => {
    const heights = layOutMap(mapOf(LINKS, 'account', () => false)).areas.map(({ height }) => height);
    expect(new Set(heights)).toStrictEqual(new Set([54]));
  });

  it('is the same whatever order the links come in', () => {
    fc.assert(
      fc.property(rows, groupings, (links, grouping) => {
        const titles = (map: ReturnType<typeof mapOf>) =>
          [map.left, map.right].map((side) =>
            side.map(({ id, nodes }) => [id, nodes.map((node) => node.id)]),
          );
        expect(titles(mapOf(links.toReversed(), grouping))).toStrictEqual(titles(mapOf(links, grouping)));
      }),
    );
  });
});

const endsIn = (isOpen: (id: string) => boolean, link: string) =>
  endsOf(layOutMap(mapOf(LINKS, 'account', isOpen)), link);

describe('the ends of a link', () => {
  it('are its machine and its role where their areas are open', () => {
    const { nodes } = layOutMap(mapOf(LINKS));
    const ofB = nodes.filter(({ node }) => node.links.includes('risk/b'));
    expect(endsIn(() => true, 'risk/b')).toStrictEqual(ofB);
  });

  it('are the areas where these are closed', () => {
    const { areas } = layOutMap(mapOf(LINKS, 'account', () => false));
    const ofB = areas.filter(({ area }) => area.links.includes('risk/b'));
    expect([ofB.length, endsIn(() => false, 'risk/b')]).toStrictEqual([2, ofB]);
  });

  it('are nowhere if the map lacks it', () => {
    expect(endsIn(() => true, 'risk/gone')).toStrictEqual([]);
  });
});

describe('what is under the pointer', () => {
  const layout = layOutMap(mapOf(LINKS));

  it('is the node, before its area', () => {
    const [node] = layout.nodes;
    const hit = node && hitAt(layout, { x: node.x + 5, y: node.y + 5 }, 4);
    expect(hit?.kind).toBe('node');
    expect(hit && linksOf(hit)).toStrictEqual(['payments/a']);
  });

  it('is the area, on its title', () => {
    const [area] = layout.areas;
    expect(area && hitAt(layout, { x: area.x + 5, y: area.y + 5 }, 4)?.kind).toBe('area');
  });

  it('is an edge along its curve, and nothing beside it', () => {
    const edge = layout.edges.find(({ from, to }) => from.y !== to.y);
    const middle = edge && { x: (edge.from.x + edge.to.x) / 2, y: (edge.from.y + edge.to.y) / 2 };
    const hit = middle && hitAt(layout, middle, 4);
    expect(hit).toMatchObject({ kind: 'edge' });
    expect(middle && hitAt(layout, { x: middle.x, y: -500 }, 4)).toBeUndefined();
  });
});
