/** The console's colours: text is readable on every background, and pictures of links (`graph -o svg`) use the same colours. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { COLOURS as PICTURE } from '../../../src/cli/graph/picture.ts';

const SHEET = readFileSync(new URL('../../../src/console/ui/styles/base.css', import.meta.url), 'utf8');
const COLOURS = new Map(
  [...SHEET.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** What text in a colour stands on: cards, the chosen row, a pill of its own tone. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  ink: ['ground', 'surface', 'raised', 'area', 'accent-soft'],
  muted: ['ground', 'surface', 'raised', 'area', 'accent-soft'],
  accent: ['ground', 'surface', 'raised', 'accent-soft'],
  'on-accent': ['accent'],
  ready: ['raised', 'surface', 'accent-soft', 'ready-soft'],
  trouble: ['raised', 'surface', 'accent-soft', 'trouble-soft'],
  working: ['raised', 'surface', 'accent-soft', 'working-soft'],
  paused: ['raised', 'surface', 'accent-soft', 'paused-soft'],
};

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const of = (name: string) => COLOURS.get(name)?.[theme] ?? `--${name} is missing`;

  it.each(Object.entries(BEHIND))('text in --%s can be read on what is behind it', (text, behind) => {
    const tooClose = behind
      .map((name) => [name, contrast(of(text), of(name))] as const)
      .filter(([, ratio]) => !(ratio >= 4.5));
    expect(tooClose).toStrictEqual([]);
  });

  it('a picture has the colours of the page, by the same names', () => {
    const inPicture = Object.fromEntries(
      PICTURE[theme].split(';').map((property) => property.replace('--', '').split(':')),
    );
    const onPage = Object.fromEntries(Object.keys(inPicture).map((name) => [name, of(name)]));
    expect(inPicture).toStrictEqual(onPage);
  });
});
