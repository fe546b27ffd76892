/** Regular expressions as the API server reads them, for JavaScript. https://github.com/google/re2/wiki/Syntax */

const known = new Map<string, RegExp>();

/** Only for the expressions in the CRDs: the parts of RE2 that these use mean the same in JavaScript, except for how a
 *  character is written by its number. */
export function regExp(pattern: string): RegExp {
  // oxlint-disable-next-line project/bounded-expressions -- of the CRDs; test/pure/cli/admission.test.ts holds each to the rule
  const made = known.get(pattern) ?? new RegExp(pattern.replaceAll(String.raw`\x{`, String.raw`\u{`), 'u');
  known.set(pattern, made);
  return made;
}
