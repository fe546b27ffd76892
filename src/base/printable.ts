/**
 * Text for people: on a terminal, in a log, in the messages of statuses and Events. State names and values may come from an
 * attacker: a control sequence in them could clear the screen, fake a colour or change the title.
 */

/** Control characters except line breaks and tabs, characters that change the direction of writing or cannot be seen, and
 *  halves of characters, which are not valid text and are changed by whoever stores them. */
const UNPRINTABLE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with everything that a terminal would interpret written as `\u001b`, except line breaks and tabs. In JSON and in
 *  quoted YAML, the only places for such characters, that is another spelling of the same value. */
export function terminalSafe(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

/** The same for YAML, where an escape stands for a whole character, and most parsers refuse halves of one. Such characters may
 *  be in quoted texts and comments only. https://yaml.org/spec/1.2.2/#57-escaped-characters */
export function yamlSafe(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    character.length === 1
      ? escaped(character)
      : `\\U${character.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
}

/** A value for use within a line: line breaks and tabs are escaped as well, so that it cannot look like a line of ours. */
export function printable(value: string): string {
  return terminalSafe(value).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
