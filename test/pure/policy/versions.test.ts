/** What a statement of the old policy language says, it says in a document of the new one, too. */
import { expect, it } from '@jest/globals';
import type { PolicyDocument, Statement } from '../../../src/policy/document.ts';
import { statementsForNewVersion } from '../../../src/policy/versions.ts';
import { FOREIGN_TRUST } from '../plan/fixtures.ts';

const VARIABLE: Statement = {
  ...FOREIGN_TRUST,
  resources: { negated: false, values: ['arn:aws:s3:::x/${aws:username}'] },
  conditions: { StringLike: { 'sts:RoleSessionName': ['${aws:username}-*'] } },
};

const said = (version: PolicyDocument['version'], statement: Statement) =>
  statementsForNewVersion({ version, statements: [statement] });

it('a variable of the old language is text', () => {
  const [statement] = said('2008-10-17', VARIABLE);
  expect(statement?.resources?.values).toStrictEqual(['arn:aws:s3:::x/${$}{aws:username}']);
  expect(statement?.conditions).toStrictEqual({
    StringLike: { 'sts:RoleSessionName': ['${$}{aws:username}-*'] },
  });
});

it('a variable in a condition alone is text, too', () => {
  const { resources: _, ...rest } = VARIABLE;
  expect(said('2008-10-17', rest)[0]?.conditions).toStrictEqual({
    StringLike: { 'sts:RoleSessionName': ['${$}{aws:username}-*'] },
  });
});

it('what has no variable, and all of the new language, stays as it is', () => {
  expect(said('2008-10-17', FOREIGN_TRUST)).toStrictEqual([FOREIGN_TRUST]);
  expect(said('2012-10-17', VARIABLE)).toStrictEqual([VARIABLE]);
});
