/** `permissions` reads a definition in any spelling and in any of the usual encodings. */
import { describe, expect, it } from '@jest/globals';
import { quotePlaceholders } from '../../../src/asl/inputs/machines-in.ts';
import { decodeText } from '../../../src/cli/files/file-text.ts';
import { threadMs } from '../../expectations.ts';
import { QUEUE, RESOURCE, JSON_TEXT, resources, INDENTED } from './definition-fixtures.ts';

describe('one definition in any spelling', () => {
  const spellings: readonly [string, string][] = [
    ['JSON', JSON_TEXT],
    ['JSON with a byte order mark', `\ufeff${JSON_TEXT}`],
    ['a JSON text of it, as describe-state-machine --query definition prints', JSON.stringify(JSON_TEXT)],
    ['YAML', INDENTED],
    ['YAML with a byte order mark', `\ufeff${INDENTED}`],
    ['YAML with line ends of Windows', INDENTED.replaceAll('\n', '\r\n')],
    [
      'YAML in flow style, which begins like JSON',
      `{StartAt: Send, States: {Send: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl: '${QUEUE}', MessageBody: x}, End: true}}}`,
    ],
    ['JSON with a comma too many, which YAML takes', JSON_TEXT.replace(/\}$/, ',}')],
    [
      'YAML with an anchor and a merge key',
      `base: &task {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage'}\nStartAt: Send\nStates:\n  Send:\n    <<: *task\n    Parameters: &parameters {QueueUrl: '${QUEUE}', MessageBody: x}\n    End: true\n`,
    ],
    [
      'YAML with several merged maps',
      `a: &a {Type: Task}\nb: &b {Resource: 'arn:aws:states:::sqs:sendMessage'}\nStartAt: Send\nStates: {Send: {<<: [*a, *b], Parameters: {QueueUrl: '${QUEUE}'}, End: true}}\n`,
    ],
    ['YAML that begins with a document mark', `---${INDENTED}`],
    [
      'JSON with a placeholder of a template outside of quotes',
      JSON_TEXT.replace('"Type":"Task"', '"Type":"Task","TimeoutSeconds":${Timeout}'),
    ],
  ];
  it.each(spellings)('%s', async (_, text) => {
    expect(await resources(text)).toStrictEqual({ '': [RESOURCE] });
  });
});

const utf16 = (text: string, mark: boolean) => Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');

describe('bytes of a file', () => {
  const encodings: readonly [string, Uint8Array][] = [
    ['UTF-8', Buffer.from('{"Ä": "€"}')],
    ['UTF-8 with a mark', Buffer.from('\ufeff{"Ä": "€"}')],
    ['UTF-16, little endian, as PowerShell writes it', utf16('{"Ä": "€"}', true)],
    ['UTF-16, little endian, without a mark', utf16('{"Ä": "€"}', false)],
    ['UTF-16, big endian', utf16('{"Ä": "€"}', true).swap16()],
    ['UTF-16, big endian, without a mark', utf16('{"Ä": "€"}', false).swap16()],
  ];
  it.each(encodings)('%s', (_, bytes) => {
    expect(decodeText(bytes)).toBe('{"Ä": "€"}');
  });

  it('of nothing are nothing', () => {
    expect(decodeText(new Uint8Array())).toBe('');
  });
});

describe('placeholders outside of quotes', () => {
  it.each([
    ['{"a": ${Limit}}', '{"a": "${Limit}"}'],
    [String.raw`{"a": "\"${'$'}{b}"}`, String.raw`{"a": "\"${'$'}{b}"}`],
    ['{"a": "${b', '{"a": "${b'],
  ])('%s becomes %s', (text, quoted) => {
    expect(quotePlaceholders(text)).toBe(quoted);
  });

  it('are looked for once, though a text never ends', () => {
    expect(threadMs(() => quotePlaceholders(`"${'\\"'.repeat(100_000)}`))).toBeLessThan(1_000);
  });
});
