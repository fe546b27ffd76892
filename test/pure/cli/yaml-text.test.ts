/** YAML that is written says to every reader what was meant, and nothing to a terminal. */
import { describe, expect, it } from '@jest/globals';
import { assert, property, string } from 'fast-check';
import { parse } from 'yaml';
import { terminalSafe } from '../../../src/base/printable.ts';
import { parseYaml } from '../../../src/cli/files/yaml.ts';
import { yamlText } from '../../../src/cli/files/yaml-text.ts';
import { manifestText } from '../../../src/cli/import/import-manifests.ts';
import { structuredText } from '../../../src/cli/output/output.ts';
import { withEntries } from '../../../src/cli/permissions/permissions-write.ts';
import { anyCharacter } from '../../any-character.ts';

/** Names that a Task may have, and that some reader of YAML would take for something else, or a terminal for an order. */
const NAMES: readonly string[] = [
  ['no', 'On', 'y', 'NULL', '~', '010', '0o10', '0b11', '1_000', '1:30', '2026-11-27', '.5', '<<', '='],
  ['a: b', '- a', '# a', 'a #b', '', ' a ', 'a\nb', 'a\r\nb\u200d', '"', "'", '*a', '&a', '!a', '%a', '@a'],
  ['a\u200bb', 'family \u{1f468}\u200d\u{1f469}', '\ufeffa', 'soft\u00adhyphen', 'a\u202eb', 'a\u2028b'],
  ['a\u0085b', 'a\u009b31mb', '\u001b[2J', 'tag \u{e0041}', 'line\nand\u200bbreak', '\u0000'],
].flat();

describe.each(NAMES.map((name) => ({ name })))('$name', ({ name }) => {
  it('stays what it is in -o yaml, as a value and as a key', async () => {
    const value = { links: [{ tasks: [name], [name]: 1 }] };
    const text = await structuredText('yaml', value);
    expect(terminalSafe(text)).toBe(text);
    expect(parse(text)).toStrictEqual(value);
    expect(parse(text, { version: '1.1' })).toStrictEqual(value);
    expect(parseYaml(text)).toStrictEqual([value]);
  });

  it('stays what it is in an imported manifest, and in its comments', () => {
    const manifest = { metadata: { name: 'a', namespace: 'b' }, spec: { tasks: [name] } };
    const text = manifestText({ manifest, comments: [`Tasks that call through it: ${name}`] });
    expect(terminalSafe(text)).toBe(text);
    expect(parseYaml(text)).toStrictEqual([manifest]);
  });

  it('stays what it is in an entry that is put into a manifest', () => {
    const link = 'kind: CrossAccountLink\nspec:\n  targetRole:\n    arn: a\n  suspend: no\n';
    const { after } = withEntries(link, [{ kind: 'resources', task: name, arns: ['arn:aws:sns:::a'] }]);
    const permissions = { resources: [{ task: name, arns: ['arn:aws:sns:::a'] }] };
    const spec = { targetRole: { arn: 'a', permissions }, suspend: false };
    expect(parseYaml(after)).toStrictEqual([{ kind: 'CrossAccountLink', spec }]);
  });
});

it('any text comes back from YAML as it was, by the rules of 1.1 and of 1.2', () => {
  assert(
    property(string({ unit: anyCharacter(), maxLength: 20 }), (text) => {
      const written = yamlText({ text });
      expect(terminalSafe(written)).toBe(written);
      expect(parse(written)).toStrictEqual({ text });
      expect(parse(written, { version: '1.1' })).toStrictEqual({ text });
    }),
  );
});

it('characters beyond the first plane are one escape each, as Go reads them', () => {
  expect(yamlText({ a: '\u{e0041}' })).toBe('a: "\\U000e0041"\n');
});
