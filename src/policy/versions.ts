/**
 * Statements of the policy language before 2012-10-17 have no variables: `${aws:username}` is plain text there. In a document of
 * the newer version they would change their meaning, and might let in somebody whom they never let in.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
import type { Patterns, PolicyDocument, Statement } from './document.ts';
import { mapValues } from './record.ts';

/** The statements of a document as a document of version 2012-10-17 has to write them. */
export function statementsForNewVersion({ version, statements }: PolicyDocument): readonly Statement[] {
  return version === '2012-10-17' ? statements : statements.map(withoutVariables);
}

function withoutVariables(statement: Statement): Statement {
  const { resources, conditions } = statement;
  if (!JSON.stringify([resources, conditions]).includes('${')) return statement;
  return {
    ...statement,
    ...(resources && { resources: patternsAsText(resources) }),
    ...(conditions && {
      conditions: mapValues(conditions, (keys) => mapValues(keys, (values) => values.map(asText))),
    }),
  };
}

function patternsAsText(patterns: Patterns): Patterns {
  return { ...patterns, values: patterns.values.map(asText) };
}

/** `${$}` is a dollar sign.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
function asText(value: string): string {
  return value.replaceAll('${', '${$}{');
}
