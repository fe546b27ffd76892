/** The refusals that test/e2e/crds/checks.ts holds the API server to, without one; there both are held to the same words. */
import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, option, property } from 'fast-check';
import { growthProblem } from '../../../scripts/lint/expressions/growth.ts';
import type { FieldSchema } from '../../../src/api/field-schema.ts';
import { schemas } from '../../../src/api/schemas.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { admit, type Admission } from '../../../src/cli/admission/admit.ts';
import { regExp } from '../../../src/cli/admission/re2.ts';
import { parseLinkObject } from '../../../src/controllers/state/link-object.ts';
import { REFUSED_ACCOUNTS } from '../../e2e/crds/account-refusals.ts';
import { ACCOUNT, LINK, WHOLE_ACCOUNT, WHOLE_LINK, withSpec } from '../../e2e/crds/manifests.ts';
import { REFUSED_LINKS } from '../../e2e/crds/refusals.ts';

/** As the API server would return it. */
function asStored({ metadata, ...object }: JsonObject): JsonObject {
  const added = { uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  return { ...object, metadata: { ...Object(metadata), ...added } };
}

const refusal = (admission: Admission) => (admission.admitted ? 'admitted' : admission.reason);
const link = (manifest: JsonObject, known?: JsonObject) => admit('CrossAccountLink', manifest, known);

/** Every regular expression of a schema, in patterns and in rules. */
function* expressionsOf(schema: FieldSchema): Generator<string> {
  const { pattern, properties = {}, items, additionalProperties } = schema;
  if (pattern !== undefined) yield pattern;
  for (const { rule } of schema['x-kubernetes-validations'] ?? [])
    for (const [, source = ''] of rule.matchAll(/\.matches\('([^']*)'\)/g))
      yield source.replaceAll('\\\\', '\\');
  for (const inner of [...Object.values(properties), items, additionalProperties])
    if (inner !== undefined) yield* expressionsOf(inner);
}

describe('the expressions of the CRDs', () => {
  const all = [...expressionsOf(schemas.CrossAccountLink), ...expressionsOf(schemas.AWSAccount)];

  it('do work that only grows as the text does, in JavaScript, too', () => {
    expect(all.length).toBeGreaterThan(30);
    const problems = all.map((source) => ({ source, problem: growthProblem(regExp(source).source, 'u') }));
    expect(problems.filter(({ problem }) => problem !== undefined)).toStrictEqual([]);
  });
});

describe('without the API server', () => {
  it.each(REFUSED_LINKS)('a CrossAccountLink is refused with $what', ({ spec, says }) => {
    expect(refusal(link(withSpec(LINK, spec)))).toContain(says);
  });

  it.each(REFUSED_ACCOUNTS)('an AWSAccount is refused with $what', ({ spec, says }) => {
    expect(refusal(admit('AWSAccount', withSpec(ACCOUNT, spec), undefined))).toContain(says);
  });

  it('manifests with every field are admitted as they are', () => {
    expect(link(WHOLE_LINK)).toMatchObject({ admitted: true, object: WHOLE_LINK });
    expect(admit('AWSAccount', WHOLE_ACCOUNT, undefined)).toMatchObject({ object: WHOLE_ACCOUNT });
  });

  it('what is left out, or null, has its default', () => {
    const admission = link({ ...LINK, spec: { ...Object(LINK['spec']), driftCheckInterval: null } });
    expect(admission).toMatchObject({
      object: { spec: { targetRole: { adoptionPolicy: 'Never' }, managementPolicy: 'Enforce' } },
    });
    expect(JSON.stringify(admission)).not.toContain('driftCheckInterval');
  });

  it('all unknown fields are reported', () => {
    const manifest = withSpec(LINK, { constructor: 'x', targetRole: { arns: [] } });
    expect(refusal(link(manifest))).toBe(
      'unknown field "spec.targetRole.arns", unknown field "spec.constructor"',
    );
  });

  it('all problems are reported, and that the rules were not looked at', () => {
    const manifest = withSpec(LINK, { suspend: 'no', deletionPolicy: 'delete' });
    expect(refusal(link(manifest))).toBe(
      '[spec.suspend: Invalid value: "string": spec.suspend in body must be of type boolean: "string", ' +
        'spec.deletionPolicy: Unsupported value: "delete": supported values: "Delete", "Retain", ' +
        '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; ' +
        'correct the existing errors to complete validation]',
    );
  });

  it('a name that no object can have is refused', () => {
    expect(refusal(link({ ...LINK, metadata: { name: 'Checkout_1' } }))).toMatch(
      /^metadata\.name: Invalid value: "Checkout_1": a lowercase RFC 1123 subdomain must/,
    );
  });

  it('what stands is not refused for a rule that came later, as long as it stays as it is', () => {
    const old = withSpec(LINK, { driftCheckInterval: '1s' });
    expect(refusal(link(withSpec(old, { suspend: true }), old))).toBe('admitted');
    expect(refusal(link(withSpec(old, { driftCheckInterval: '2s' }), old))).toContain('must be a duration');
  });

  it('what is admitted can be read by the operator, whatever the ARNs look like', () => {
    const PIECES = [
      '/',
      ':',
      'a',
      'B',
      '1',
      '_',
      '+',
      '=',
      ',',
      '.',
      '@',
      '-',
      '*',
      '$',
      ' ',
      '\n',
      '\u2028',
      'é',
      'role',
    ];
    const text = array(constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join(''));
    const arn = (start: string) => text.map((rest) => `${start}${rest}`);
    const machines = arn('arn:aws:states:us-east-1:111111111111:stateMachine:');
    const roles = arn('arn:aws:iam::222222222222:role/');
    assert(
      property(option(machines), option(roles), (stateMachineARN, role) => {
        const spec = {
          ...(stateMachineARN !== null && { stateMachineARN }),
          ...(role !== null && { targetRole: { arn: role } }),
        };
        const admission = link(withSpec(LINK, spec));
        if (admission.admitted) parseLinkObject(asStored(admission.object));
      }),
      { numRuns: 2_000 },
    );
  });

  it('a tag is told from another by its own letters, not by those that look alike', () => {
    const kelvin = withSpec(LINK, { targetRole: { tags: { '\u212A': 'a', k: 'b' } } });
    expect(refusal(link(kelvin))).toBe('admitted');
  });
});
