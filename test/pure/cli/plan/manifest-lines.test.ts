/** A refused manifest is reported with its file and the line to look at. */
import { describe, expect, it } from '@jest/globals';
import { applyManifests } from '../../../../src/cli/plan/manifests.ts';
import { readManifestFiles } from '../../../../src/cli/plan/manifest-files.ts';
import { fieldPath, lineOf } from '../../../../src/cli/files/yaml-lines.ts';
import { Written } from '../fixtures.ts';

const LINK = `apiVersion: crossaccountlink.dev/v1alpha1
kind: CrossAccountLink
metadata: {name: checkout, namespace: payments}
spec:
  stateMachineARN: arn:aws:states:us-east-1:111111111111:stateMachine:checkout
  targetRole:
    arn: arn:aws:iam::222222222222:role/checkout
    permissions:
      statements:
        - actions: [sqs:SendMessage]
          resources: [nothing]
`;

/** What is said of a file whose first manifest would be refused so. */
async function said(text: string, refusal: string, file = 'link.yaml'): Promise<string> {
  const manifests = await readManifestFiles(
    { files: [file], recursive: false },
    new Written({ [file]: text }),
  );
  const error: unknown = await applyManifests(manifests, {
    namespace: 'default',
    known: new Map(),
    now: '2026-01-01T00:00:00Z',
    check: () => Promise.reject(new Error(refusal)),
  }).catch((problem: unknown) => problem);
  return error instanceof Error ? error.message : '';
}

describe('the place of a mistake', () => {
  it.each([
    ['a field', 'unknown field "spec.targetRole"', 'link.yaml:6: '],
    [
      'an item of a list',
      'spec.targetRole.permissions.statements[0].resources: Invalid value',
      'link.yaml:11: ',
    ],
    [
      'a field that is missing, by what should hold it',
      'spec.targetRole.permissions.x: Required',
      'link.yaml:8: ',
    ],
    ['none, where the message names no field', 'denied by a policy', 'link.yaml: '],
  ])('is that of %s', async (_what, refusal, place) => {
    expect(await said(LINK, refusal)).toBe(`${place}${refusal}`);
  });

  it('counts through the documents of a file', async () => {
    const text = `kind: ConfigMap\napiVersion: v1\n---\n${LINK}`;
    expect(await said(text, 'spec.targetRole: no')).toBe('link.yaml:9: spec.targetRole: no');
  });

  it('counts through a List, in Windows’ line ends, and in JSON', async () => {
    const list = `kind: List\nitems:\n- ${LINK.replaceAll('\n', '\n  ')}`;
    expect(await said(list, 'spec.targetRole: no')).toBe('link.yaml:8: spec.targetRole: no');
    expect(await said(LINK.replaceAll('\n', '\r\n'), 'spec.targetRole: no')).toBe(
      'link.yaml:6: spec.targetRole: no',
    );
    const json =
      '{"apiVersion": "crossaccountlink.dev/v1alpha1",\n"kind": "CrossAccountLink", "metadata": {"name": "a"},\n"spec": {}}';
    expect(await said(json, 'spec.targetRole: no', 'a.json')).toBe('a.json:3: spec.targetRole: no');
  });

  it('names standard input by its name', async () => {
    expect(await said(LINK, 'spec.targetRole: no', '-')).toBe('standard input:6: spec.targetRole: no');
  });

  it('is not found in what is no map', () => {
    expect(lineOf('[1, 2]', fieldPath('spec.a'))).toBeUndefined();
    expect(lineOf('', fieldPath('spec.a'))).toBeUndefined();
  });

  it('is given without a line for a manifest without a kind', async () => {
    expect(await said('apiVersion: crossaccountlink.dev/v1alpha1\nspec: {}\n', '')).toBe(
      'link.yaml: kind is missing: CrossAccountLink and AWSAccount are known',
    );
  });
});
