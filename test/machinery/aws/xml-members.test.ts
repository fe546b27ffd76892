import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  childMembers,
  childText,
  readElement,
  XmlMembers,
  type XmlElement,
} from '../../../src/aws/reads/xml-members.ts';
import { about } from '../../expectations.ts';

const DOCUMENT =
  '<?xml version="1.0"?>\n<Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">\n <Result>\n' +
  '<Roles><member><Name>a &lt;&amp;&gt; b</Name><Tags><member><Key>k</Key></member></Tags><Empty/></member>' +
  '<member><Name>&#x4e2d;&#233;\u{1F980}</Name></member></Roles><More>true</More><Marker>x=</Marker>\n</Result></Response>\n';

/** What comes of a document that arrives in these pieces. */
function read(pieces: readonly string[]): { members: XmlElement[]; fields: ReadonlyMap<string, string> } {
  const members: XmlElement[] = [];
  const reader = new XmlMembers(['Roles'], (_list, text) => members.push(readElement(text)));
  for (const piece of pieces) reader.write(piece);
  return { members, fields: reader.end() };
}

test('members are handed over with their texts, entities undone', () => {
  const { members } = read([DOCUMENT]);
  expect(members.map((member) => childText(member, 'Name'))).toStrictEqual(['a <&> b', '中é\u{1F980}']);
});

test('an entity that is none stays as it is, though every object has something of that name', () => {
  const { children } = readElement('<Tag><Value>&constructor;&valueOf;&amp;</Value></Tag>');
  expect(children.map(({ text }) => text)).toStrictEqual(['&constructor;&valueOf;&']);
});

test('a list inside a member stays with the member', () => {
  const [first] = read([DOCUMENT]).members;
  expect(first && childMembers(first, 'Tags').map((tag) => childText(tag, 'Key'))).toStrictEqual(['k']);
});

test('what stands outside of the lists is handed over at the end', () => {
  const { fields } = read([DOCUMENT]);
  expect([fields.get('More'), fields.get('Marker')]).toStrictEqual(['true', 'x=']);
});

test('it does not matter where a document is cut into pieces', () => {
  const whole = read([DOCUMENT]);
  const cuts = fc.array(fc.nat(DOCUMENT.length), { maxLength: 20 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const bounds = [0, ...positions.sort((a, b) => a - b), DOCUMENT.length];
      const pieces = bounds.slice(1).map((end, index) => DOCUMENT.slice(bounds[index], end));
      expect(read(pieces)).toStrictEqual(whole);
    }),
  );
});

test('a document that ends too early is refused', () => {
  for (let length = 40; length < DOCUMENT.trim().length; length += 1) {
    about(DOCUMENT.slice(0, length), () =>
      expect(() => read([DOCUMENT.slice(0, length)])).toThrow(/ended in the middle/),
    );
  }
});

test.each([
  ['text', '<Response><Name>', 'x'],
  ['tag', '<Response ', 'x'],
  ['member', '<Response><Roles><member>', '<Name>x</Name>'],
])('a %s without end is given up once it is longer than any of AWS’s', (_what, beginning, more) => {
  const chunk = more.repeat(10_000);
  expect(() => read([beginning, ...Array.from({ length: 1_000 }, () => chunk)])).toThrow(
    /longer than any of AWS’s/,
  );
});

test('a role is read with the three thousand instance profiles that hold it, each of which holds it again', () => {
  const trust = encodeURIComponent(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
  );
  const profile = `<member><Name>p</Name><Roles><member><Trust>${trust}</Trust></member></Roles><Id>${'A'.repeat(800)}</Id></member>`;
  const document = `<R><Roles><member><Name>nodes</Name><Profiles>${profile.repeat(3_000)}</Profiles></member></Roles></R>`;
  const pieces = Array.from({ length: document.length / 16_384 + 1 }, (_, index) =>
    document.slice(index * 16_384, (index + 1) * 16_384),
  );
  const [role] = read(pieces).members;
  expect(role && [childText(role, 'Name'), childMembers(role, 'Profiles').length]).toStrictEqual([
    'nodes',
    3_000,
  ]);
});

const TEXTS = [
  { written: '&unknown;', read: '&unknown;' },
  { written: '&#99999999;', read: '&#99999999;' },
  { written: '&#1114112;', read: '&#1114112;' },
  { written: 'R&amp;amp;D', read: 'R&amp;D' },
  { written: '100%25 &', read: '100%25 &' },
];

for (const { written, read: expected } of TEXTS) {
  test(`${written} is read as ${expected}`, () => {
    const [member] = read([`<R><Roles><member><Name>${written}</Name></member></Roles></R>`]).members;
    expect(member && childText(member, 'Name')).toBe(expected);
  });
}
