/** The Dockerfile, as far as it can be held to its word without a Docker daemon. */
import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGE_ENVIRONMENT, IMAGE_NODE_OPTIONS } from '../../../testbed/operator.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const INSTRUCTIONS = DOCKERFILE.replaceAll(/\\\n/g, '').split('\n');

function instructions(name: string): readonly string[] {
  return INSTRUCTIONS.filter((line) => line.startsWith(`${name} `)).map((line) =>
    line.slice(name.length).trim(),
  );
}

test('the operator is tested in the environment that the image gives it', () => {
  const set = Object.fromEntries(
    instructions('ENV').flatMap((line) => line.split(/\s+/).map((pair) => pair.split('='))),
  );
  // Where node is: the image has no other program.
  expect(set).toStrictEqual({ PATH: '/usr/local/bin', ...IMAGE_ENVIRONMENT });
});

test('the image is made from nothing: what it holds is copied into it', () => {
  expect(instructions('FROM').at(-1)).toBe('scratch');
});

test('what the image is built from is in the repository', () => {
  const sources = instructions('COPY')
    .filter((line) => !line.startsWith('--from'))
    .flatMap((line) => line.split(/\s+/).slice(0, -1));
  expect(sources).toContain('src');
  expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toStrictEqual([]);
});

test('the image runs what was built, as nobody in particular', () => {
  expect(instructions('USER')).toStrictEqual(['65532:65532']);
  expect(instructions('ENTRYPOINT')).toHaveLength(1);
  expect(JSON.parse(instructions('ENTRYPOINT')[0] ?? '')).toStrictEqual([
    'node',
    ...IMAGE_NODE_OPTIONS,
    '/app/operator.mjs',
  ]);
});
