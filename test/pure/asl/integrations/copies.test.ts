/** Copies in S3: what `CopySource` reads, and in which version. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import type { Derivation } from '../../../../src/asl/derive/derive.ts';
import { assertAllows, deriveOne, openDecisions } from '../machines.ts';

const WRITTEN = 'arn:aws:s3:::out/k';
const CURRENT = ['s3:GetObject', 's3:GetObjectTagging'];
const STATED = ['s3:GetObjectVersion', 's3:GetObjectVersionTagging'];

const SOURCES: readonly [JsonObject, actions: readonly string[], resource: string][] = [
  [{ CopySource: 'in/a' }, CURRENT, 'in/a'],
  [{ CopySource: 'in/a?versionId=7' }, STATED, 'in/a'],
  [{ 'CopySource.$': "States.Format('in/a/{}', $.key)" }, [...CURRENT, ...STATED], 'in/a/*'],
  [{ 'CopySource.$': "States.Format('in/a?versionId={}', $.version)" }, STATED, 'in/a'],
  [{ 'CopySource.$': "States.Format('in/{}?versionId=7', $.key)" }, STATED, 'in/*'],
];

const copy = (api: string, source: JsonObject): Derivation =>
  deriveOne(`aws-sdk:s3:${api}`, { Bucket: 'out', Key: 'k', ...source });

describe('a copy in S3', () => {
  for (const [source, actions, resource] of SOURCES) {
    it(`reads ${JSON.stringify(source)} with its tags`, () => {
      assertAllows(copy('copyObject', source), [
        { Action: actions, Resource: `arn:aws:s3:::${resource}` },
        { Action: ['s3:PutObject', 's3:PutObjectTagging'], Resource: WRITTEN },
      ]);
    });

    it(`of a part reads ${JSON.stringify(source)} without them`, () => {
      assertAllows(copy('uploadPartCopy', source), [
        {
          Action: actions.filter((action) => !action.endsWith('Tagging')),
          Resource: `arn:aws:s3:::${resource}`,
        },
        { Action: 's3:PutObject', Resource: WRITTEN },
      ]);
    });
  }

  it('from wherever run time says may state a version', () => {
    expect(openDecisions(copy('uploadPartCopy', { 'CopySource.$': '$.source' }))).toStrictEqual([
      'Task "Call" needs s3:GetObject, s3:GetObjectVersion, but CopySource is known only at run time ($.source)',
    ]);
  });
});
