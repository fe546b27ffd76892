/** `permissions --write` changes a manifest as a careful person would: what is asked for, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpecEntry } from '../../../src/asl/derive/spec-entry.ts';
import { decodeText, encodeAs } from '../../../src/cli/files/file-text.ts';
import { withEntries, writeEntries } from '../../../src/cli/permissions/permissions-write.ts';

const TOPIC = 'arn:aws:sns:us-east-1:222222222222:owner-*';
const ANSWER: SpecEntry = { kind: 'resources', task: 'Notify', arns: [TOPIC] };

const LINK = `# who pays
apiVersion: crossaccountlink.dev/v1alpha1
kind: CrossAccountLink
metadata: {name: checkout}
spec:
  targetRole:
    arn: arn:aws:iam::222222222222:role/x # the role
`;
const ANSWERED = `${LINK}    permissions:
      resources:
        - task: Notify
          arns:
            - ${TOPIC}
`;

const changed = (text: string) => withEntries(text, [ANSWER]);

describe('entries in a manifest', () => {
  it('stand where they belong, and all else stays', () => {
    expect(changed(LINK)).toStrictEqual({ added: 1, after: ANSWERED });
  });

  it('are written once', () => {
    expect(changed(ANSWERED).added).toBe(0);
  });

  it('are written once, as statements too, whatever resources a person has narrowed them to', () => {
    const statement: SpecEntry = { kind: 'statements', actions: ['foo:*'], resources: ['arn:aws:foo:::*'] };
    const first = withEntries(LINK, [statement]);
    expect(first.added).toBe(1);
    const narrowed = first.after.replace('arn:aws:foo:::*', 'arn:aws:foo:::one');
    expect(withEntries(narrowed, [statement])).toStrictEqual({ added: 0, after: narrowed });
  });

  it('join what a Task has already', () => {
    const other = ANSWERED.replace('owner-*', 'all');
    expect(changed(other).after).toBe(`${other}            - ${TOPIC}\n`);
  });

  it('leave other documents alone', () => {
    const more = '---\nkind: Namespace\nmetadata:\n  name: payments\n';
    expect(changed(`${LINK}${more}`).after).toBe(`${ANSWERED}${more}`);
  });

  it('keep the line ends of Windows', () => {
    expect(changed(LINK.replaceAll('\n', '\r\n')).after).toBe(ANSWERED.replaceAll('\n', '\r\n'));
  });

  it.each([undefined, 2, 4, '\t'])('keep JSON, indented by %j', (indent) => {
    const link = { kind: 'CrossAccountLink', spec: { targetRole: { arn: 'x' } } };
    const { after } = changed(JSON.stringify(link, undefined, indent));
    const permissions = { resources: [{ task: 'Notify', arns: [TOPIC] }] };
    const wanted = { ...link, spec: { targetRole: { arn: 'x', permissions } } };
    expect(after).toBe(`${JSON.stringify(wanted, undefined, indent)}\n`);
  });
});

describe('a manifest that entries do not go into', () => {
  it.each([
    ['', 'no CrossAccountLink in it'],
    ['- a\n', 'no CrossAccountLink in it'],
    ['kind: Namespace\n', 'no CrossAccountLink in it'],
    [`${LINK}---\n${LINK}`, '2 CrossAccountLinks in it'],
    ['kind: [1', 'or a bracket is not closed'],
    ['kind: CrossAccountLink\nkind: CrossAccountLink\n', 'the key "kind" occurs twice in one map'],
    ['kind: CrossAccountLink\nspec: 5\n', 'spec is not a map'],
    [
      'kind: CrossAccountLink\nspec: {targetRole: {permissions: {resources: all}}}\n',
      'spec.targetRole.permissions.resources is not a list',
    ],
    [`kind: CrossAccountLink\nspec: ${'['.repeat(100)}`, 'nested more than 64 levels deep'],
  ])('%j: %s', (text, said) => {
    expect(() => changed(text)).toThrow(said);
  });
});

describe('the encoding of a file', () => {
  it('that is not a text throughout leaves the file as it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'xal-write-'));
    try {
      const path = join(folder, 'link.yaml');
      const latin1 = Buffer.from(`# für wen\n${LINK}`, 'latin1');
      await writeFile(path, latin1);
      await expect(writeEntries(path, [ANSWER])).rejects.toThrow('neither UTF-8 nor UTF-16 throughout');
      expect(await readFile(path)).toStrictEqual(latin1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const utf16 = Buffer.from('\uFEFFkind: Ä\n', 'utf16le');

  it.each([
    ['UTF-8', Buffer.from('kind: Ä\n')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFkind: Ä\n')],
    ['UTF-16, little endian', utf16],
    ['UTF-16, big endian', Buffer.from(utf16).swap16()],
    ['UTF-16 without a mark', Buffer.from('kind: Ä\n', 'utf16le')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is read, and kept when it is written', (_name, bytes) => {
    expect(Buffer.from(encodeAs(bytes, decodeText(bytes)))).toStrictEqual(bytes);
  });
});
