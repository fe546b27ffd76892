/** Text inside XML and HTML, whatever it contains. */
import { printable } from '../../base/printable.ts';

/** Safe between tags and inside quoted attributes. Characters that XML does not allow are written out.
 *  https://www.w3.org/TR/xml/#charsets */
export function escapeXml(text: string): string {
  return printable(text.toWellFormed())
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
