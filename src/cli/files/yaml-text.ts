/** Values as YAML that every reader takes for the same values: kubectl and most programs read YAML 1.1. */
import { Document, isNode, Scalar, stringify, visit } from 'yaml';
import { terminalSafe, yamlSafe } from '../../base/printable.ts';

/** Readers of YAML 1.1 take `2012-10-17` for a date and `no` for false: such texts are quoted. */
const FOR_ALL_READERS = { compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/**
 * A value as YAML, which is safe on a terminal and still says the same: what a terminal would act on, or nobody sees, is
 * escaped, and only quoted texts can hold escapes.
 * @param comments lines above it
 */
export function yamlText(value: object, comments: readonly string[] = []): string {
  const document = new Document(value, FOR_ALL_READERS);
  document.commentBefore = comments.map((comment) => ` ${comment}`).join('\n');
  quoteWhere(document, (text) => terminalSafe(text) !== text);
  return yamlSafe(document.toString({ lineWidth: 0 }));
}

/** Part of a document that a person wrote, which has rules of its own: quotes what it would not say to all readers. */
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
