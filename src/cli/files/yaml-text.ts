/** Writes values as YAML that every reader takes for the same values: kubectl and most programs read YAML 1.1. */
import { Document, isNode, Scalar, stringify, visit } from 'yaml';
import { terminalSafe, yamlSafe } from '../../base/printable.ts';

/** To readers of YAML 1.1, `2012-10-17` is a date and `no` is false: such texts are quoted. */
const FOR_ALL_READERS = { compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/** A value as YAML that is safe on a terminal and still means the same: characters that a terminal would interpret, or that
 *  cannot be seen, are escaped, which is possible only in quoted texts.
 *  @param comments lines above it */
export function yamlText(value: object, comments: readonly string[] = []): string {
  const document = new Document(value, FOR_ALL_READERS);
  document.commentBefore = comments.map((comment) => ` ${comment}`).join('\n');
  quoteWhere(document, (text) => terminalSafe(text) !== text);
  return yamlSafe(document.toString({ lineWidth: 0 }));
}

/** For a part of a document that a person wrote, which keeps its own style: quotes what some readers would take for something
 *  else. */
export function quoteForAllReaders(part: unknown): void {
  if (isNode(part)) quoteWhere(part, (text) => stringify(text, FOR_ALL_READERS) !== `${text}\n`);
}

function quoteWhere(root: Parameters<typeof visit>[0], isToBeQuoted: (text: string) => boolean): void {
  visit(root, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && isToBeQuoted(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
}
