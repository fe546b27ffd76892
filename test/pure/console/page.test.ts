/** The smaller pieces: stream, state, toasts, addresses, differences, zoom. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { StreamMessage } from '../../../src/console/model/contract.ts';
import { diffValues } from '../../../src/console/model/diff.ts';
import { afterMessage, type Fleet } from '../../../src/console/model/fleet.ts';
import { toastsOf } from '../../../src/console/model/toasts.ts';
import { parseRoute, routeHash } from '../../../src/console/model/route.ts';
import { eventText, HEARTBEAT, StreamParser } from '../../../src/console/model/stream-parser.ts';
import { ago, compareNames, lineOf, shorten } from '../../../src/console/model/text.ts';
import {
  fitAll,
  fitLegibly,
  reveal,
  toMap,
  visiblePart,
  zoomAt,
} from '../../../src/console/model/viewport.ts';
import { row } from './fixtures.ts';

const NOTHING = { links: [], goneLinks: [], accounts: [], goneAccounts: [] } as const;
const SNAPSHOT: StreamMessage = {
  kind: 'snapshot',
  links: [row()],
  accounts: [],
  sources: [],
  unreadable: [],
};

function after(...messages: readonly StreamMessage[]): Fleet | undefined {
  return messages.reduce<Fleet | undefined>(afterMessage, undefined);
}

const toasts = (link: Parameters<typeof row>[0], before = row()) =>
  toastsOf(after({ ...SNAPSHOT, links: [before] }), { kind: 'change', ...NOTHING, links: [row(link)] }).map(
    ({ text }) => text,
  );

const linksAre = (state: 'live' | 'lost') => [{ kind: 'links' as const, state }];
const box = (width: number, height: number) => ({ x: 0, y: 0, width, height });

describe('the stream', () => {
  it('gives every message whole, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat()), (values, cuts) => {
        const text = values.map((value) => eventText(JSON.stringify(value)) + HEARTBEAT).join('');
        const places = [
          0,
          ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b),
          text.length,
        ];
        const parser = new StreamParser();
        const got = places.flatMap((place, index) => parser.push(text.slice(places[index - 1] ?? 0, place)));
        expect(got).toStrictEqual(values.map((value) => JSON.stringify(value)));
      }),
    );
  });
});

describe('a stream in pieces', () => {
  it('keeps no more of a message that has not ended than one may be long', () => {
    const parser = new StreamParser();
    const piece = 'x'.repeat(16 * 1024 * 1024);
    for (let pieces = 1; pieces <= 4; pieces += 1) expect(parser.push(piece)).toStrictEqual([]);
    expect(() => parser.push(piece)).toThrow(/without an end/);
  });
});

describe('the fleet', () => {
  it('is unknown until a snapshot came', () => {
    expect(after({ kind: 'change', ...NOTHING, links: [row()] })).toBeUndefined();
  });

  it('takes changes and goings in', () => {
    const fleet = after(SNAPSHOT, {
      kind: 'change',
      ...NOTHING,
      links: [row({ name: 'new' })],
      goneLinks: ['payments/checkout'],
    });
    expect([...(fleet?.links.keys() ?? [])]).toStrictEqual(['payments/new']);
  });

  it('keeps what is said of its sources until a message says something else', () => {
    const began = { ...SNAPSHOT, sources: linksAre('live'), unreadable: ['a/broken'] };
    const change = { kind: 'change' as const, ...NOTHING };
    expect(after(began, change)).toMatchObject({ sources: linksAre('live'), unreadable: ['a/broken'] });
    const next = { ...change, sources: linksAre('lost'), unreadable: [] };
    expect(after(began, next)).toMatchObject({ sources: linksAre('lost'), unreadable: [] });
  });

  it('forgets with a new snapshot what went while nobody listened', () => {
    const fleet = after(SNAPSHOT, { ...SNAPSHOT, links: [] });
    expect(fleet?.links.size).toBe(0);
  });
});

describe('toasts', () => {
  it.each([
    [{ drift: 1 }, 'drifted, repaired'],
    [{ drift: 1, tone: 'trouble' as const }, 'drifted'],
    [{ tone: 'trouble' as const, reason: 'Conflict' }, 'Conflict'],
    [{ name: 'other' }, 'is new'],
  ])('of %p is %p', (change, text) => {
    expect(toasts(change)).toStrictEqual([text]);
  });

  it('is none when nothing of weight changed', () => {
    expect(toasts({ version: '2', tasks: 3 })).toStrictEqual([]);
  });
});

describe('the address', () => {
  it('leads back to where it came from', () => {
    const view = fc.constantFrom('map' as const, 'overview' as const);
    const link = fc.tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(view, link, (shown, [namespace, name]) => {
        const key = `${namespace.replaceAll('/', '-')}/${name.replaceAll('/', '-')}`;
        expect(parseRoute(routeHash({ view: shown, link: key }))).toStrictEqual({ view: shown, link: key });
      }),
    );
  });

  it.each(['', '#', '#/nowhere', '#/map/only', '#/map/%zz/x', '#token=abc'])('%p is the map', (hash) => {
    expect(parseRoute(hash)).toStrictEqual({ view: 'map' });
  });
});

describe('a difference', () => {
  it('lays JSON out, so that one changed value is one changed line', () => {
    const lines = diffValues('{"a":1,"b":2}', '{"a":1,"b":3}');
    expect(lines.filter(({ kind }) => kind !== 'same')).toStrictEqual([
      { kind: 'removed', text: '  "b": 2' },
      { kind: 'added', text: '  "b": 3' },
    ]);
  });

  it('of what was not there is all added; cut JSON stays as it is', () => {
    expect(diffValues(undefined, '{"a":')).toStrictEqual([{ kind: 'added', text: '{"a":' }]);
  });

  it('shows a value of more than 400 lines whole, whatever it is compared with', () => {
    const long = Array.from({ length: 401 }, () => 'same').join('\n');
    for (const [before, now] of [
      [long, 'same'],
      ['same', long],
    ])
      expect(diffValues(before, now).filter(({ kind }) => kind === 'same')).toStrictEqual([]);
  });

  it('holds both values, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c')),
        fc.array(fc.constantFrom('a', 'b', 'c')),
        (a, b) => {
          const lines = diffValues(a.join('\n'), b.join('\n'));
          const side = (left: string) =>
            lines
              .filter(({ kind }) => kind !== left)
              .map(({ text }) => text)
              .join('\n');
          expect([side('added'), side('removed')]).toStrictEqual([a.join('\n'), b.join('\n')]);
        },
      ),
    );
  });
});

describe('the viewport', () => {
  const screen = { width: 1000, height: 600 };
  it('keeps what is under the pointer there when zooming', () => {
    const at = { x: 300, y: 200 };
    const view = { zoom: 1, x: 40, y: -70 };
    const before = toMap(view, at);
    const now = toMap(zoomAt(view, 1.7, at), at);
    expect(now.x).toBeCloseTo(before.x);
    expect(now.y).toBeCloseTo(before.y);
  });

  it('shows all of a small map, and a tall one from its top, so large that it can be read', () => {
    expect(fitLegibly(box(500, 300), screen)).toStrictEqual(fitAll(box(500, 300), screen));
    const tall = fitLegibly(box(900, 20_000), screen);
    expect(tall.zoom).toBe(1);
    expect(toMap(tall, { x: 0, y: 0 }).y).toBeLessThanOrEqual(0);
  });

  it.each([
    ['left above', { x: -200, y: -100 }],
    ['right below', { x: 1500, y: 900 }],
    ['inside', { x: 400, y: 300 }],
  ])('comes to show a box that lies %s, and moves no further than that takes', (_where, corner) => {
    const view = { zoom: 0.5, x: 10, y: 20 };
    const at = { ...corner, width: 80, height: 40 };
    const shown = reveal(view, at, screen);
    const { x, y, width, height } = visiblePart(shown, screen);
    expect([at.x >= x, at.y >= y, at.x + 80 <= x + width, at.y + 40 <= y + height]).not.toContain(false);
    expect(reveal(shown, at, screen)).toStrictEqual(shown);
    if (corner.x === 400) expect(shown).toStrictEqual(view);
  });
});

describe('words', () => {
  it.each([
    [0, 'now'],
    [-5000, 'now'],
    [59_000, '59s ago'],
    [7_200_000, '2h ago'],
    [200_000_000, '2d ago'],
  ])('%d ms ago is %p', (passed, text) => {
    expect(ago(0, passed)).toBe(text);
  });

  it('shortens in the middle, to no more than was asked for', () => {
    expect(shorten('abcdefghij', 5)).toBe('ab…ij');
    expect(shorten('abcde', 5)).toBe('abcde');
  });

  it('leaves out the middle of a line that does not fit', () => {
    const parts = ['111111111111', '3 machines', '5 links'];
    expect(lineOf(parts, () => true)).toBe('111111111111 · 3 machines · 5 links');
    expect(lineOf(parts, ({ length }) => length < 30)).toBe('111111111111 · 5 links');
    expect(lineOf(parts.slice(1), () => false)).toBe('3 machines · 5 links');
  });

  it('shortens to whole characters', () => {
    expect(shorten('ab😀cdefgh😀ij', 7).isWellFormed()).toBe(true);
  });
});

it('numbers in names are ordered as numbers', () => {
  const names = ['link-10', 'b', 'link-2', 'Link-2', 'a-link', 'link-02'];
  expect(names.toSorted(compareNames)).toStrictEqual([
    'a-link',
    'b',
    'link-02',
    'link-2',
    'Link-2',
    'link-10',
  ]);
});
