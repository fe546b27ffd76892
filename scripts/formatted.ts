/** Texts that scripts write, formatted as by `npm run format`. */
import { readFileSync } from 'node:fs';
import { format, type FormatConfig } from 'oxfmt';

const CONFIG = new URL('../.oxfmtrc.json', import.meta.url);

/** Formats a text by the kind of file that `path` names, and by the project's rules except for `otherwise`. Throws if the text
 *  cannot be read. */
export async function formatted(path: string, text: string, otherwise: FormatConfig = {}): Promise<string> {
  const rules: FormatConfig = JSON.parse(readFileSync(CONFIG, 'utf8'));
  const { code, errors } = await format(path, text, { ...rules, ...otherwise });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return code;
}
