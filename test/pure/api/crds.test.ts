/** House rules for the CRDs, held over every field. */
import { describe, expect, it } from '@jest/globals';
import { versionOf, type Schema } from './crd-schema.ts';

const GIVEN_BY_KUBERNETES = new Set(['', '.metadata']);
/** Items of lists and values of maps: their list or map is described. */
const ITEM = /(\[\]|\{\})$/;
const LEFT_TO_THE_LINK = /^\.spec\.\w+\.(managementPolicy|unmanaged)$/;

for (const plural of ['crossaccountlinks', 'awsaccounts'] as const) {
  const fields = [...fieldsOf(versionOf(plural).schema.openAPIV3Schema, '')];

  const offenders = (rule: (field: Schema, path: string) => boolean) =>
    fields.filter(([path, field]) => !rule(field, path)).map(([path]) => path);

  describe(`the schema of ${plural}`, () => {
    it('describes every field in a whole sentence', () => {
      expect(
        offenders(({ description = '' }, path) => ITEM.test(path) || /^[A-Z*].*\.$/s.test(description)),
      ).toStrictEqual([]);
    });

    it('bounds every string', () => {
      expect(
        offenders(
          (field, path) =>
            field.type !== 'string' ||
            field.enum !== undefined ||
            field.format === 'date-time' ||
            field.maxLength !== undefined ||
            ['.apiVersion', '.kind'].includes(path),
        ),
      ).toStrictEqual([]);
    });

    it('bounds every list and every map, and states the type of every list', () => {
      expect(
        offenders(({ type, maxItems, ...field }) =>
          type === 'array' ? maxItems !== undefined && field['x-kubernetes-list-type'] !== undefined : true,
        ),
      ).toStrictEqual([]);
      expect(
        offenders(
          ({ additionalProperties, maxProperties }) =>
            additionalProperties === undefined || maxProperties !== undefined,
        ),
      ).toStrictEqual([]);
    });

    it('sets a lower bound to every number', () => {
      expect(
        offenders(({ type = '', minimum }) => !['integer', 'number'].includes(type) || minimum !== undefined),
      ).toStrictEqual([]);
    });

    it('has no defaults inside list items, where they would defeat server-side apply', () => {
      expect(offenders((field, path) => field.default === undefined || !path.includes('[]'))).toStrictEqual(
        [],
      );
    });

    it('has every map that can be emptied applied as a whole: emptied field by field, the API server takes it for null', () => {
      const atomic = wholePaths(fields);
      expect(
        offenders(
          ({ type, required = [] }, path) =>
            type !== 'object' || required.length > 0 || path === '.status' || isInside(path, atomic),
        ),
      ).toStrictEqual([]);
    });

    it('has no defaults inside what is applied as a whole, where two who apply the same would be in conflict', () => {
      const atomic = wholePaths(fields);
      expect(
        offenders((field, path) => field.default === undefined || !isInside(path, atomic)),
      ).toStrictEqual([]);
    });

    it('has no default for what a leg leaves to the link', () => {
      expect(
        offenders((field, path) => field.default === undefined || !LEFT_TO_THE_LINK.test(path)),
      ).toStrictEqual([]);
    });
  });
}

/** The fields that server-side apply sets as a whole. */
function wholePaths(fields: readonly (readonly [string, Schema])[]): readonly string[] {
  return fields
    .filter(([, field]) =>
      [field['x-kubernetes-map-type'], field['x-kubernetes-list-type']].includes('atomic'),
    )
    .map(([path]) => path);
}

function isInside(path: string, whole: readonly string[]): boolean {
  return whole.some(
    (outer) =>
      path === outer || (/^(?:\.|\[\]|\{\})/.test(path.slice(outer.length)) && path.startsWith(outer)),
  );
}

function* fieldsOf(field: Schema, path: string): Generator<readonly [string, Schema]> {
  if (!GIVEN_BY_KUBERNETES.has(path)) yield [path, field];
  for (const [name, inner] of Object.entries(field.properties ?? {}))
    yield* fieldsOf(inner, `${path}.${name}`);
  if (field.items !== undefined) yield* fieldsOf(field.items, `${path}[]`);
  if (field.additionalProperties !== undefined) yield* fieldsOf(field.additionalProperties, `${path}{}`);
}
