/**
 * Text that people read: on a terminal, in a log, in messages of the status and of Events. State names and values come
 * from people who may mean harm: a control sequence among them could clear the screen, colour a lie or write into the
 * title.
 */

/** Control characters but line breaks and tabs, what turns the direction of writing or cannot be seen, and halves of characters,
 *  which are no text: whoever stores them gives back something else. */
const UNPRINTABLE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The text with everything that a terminal would act on written as `\u001b`, line breaks and tabs left. In JSON and in
 * quoted YAML, where alone such characters can be, that is another spelling of the same value.
 */
export function terminalSafe(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

/**
 * The same in YAML, where an escape is one whole character, and halves of one are refused by most parsers. Such characters
 * have to stand in quoted texts and comments alone. https://yaml.org/spec/1.2.2/#57-escaped-characters
 */
export function yamlSafe(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    character.length === 1
      ? escaped(character)
      : `\\U${character.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
}

/** A value inside a line: its line breaks and tabs are written out as well, so that it cannot pass for a line of ours. */
export function printable(value: string): string {
  return terminalSafe(value).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
