import { expect, it, jest } from '@jest/globals';
import TestReport from '../../jest/reporter.ts';

/** What the reporter prints of a run without a test, to standard output and to standard error. */
function printed(options: { readonly json: boolean; readonly useStderr: boolean }): readonly string[] {
  const streams = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write'));
  const texts: [string, string] = ['', ''];
  streams.forEach((stream, at) =>
    stream.mockImplementation((text) => {
      texts[at] += String(text);
      return true;
    }),
  );
  try {
    new TestReport({ rootDir: '/', testNamePattern: '', ...options }).onRunComplete();
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
  return texts;
}

it.each([
  ['', { json: false, useStderr: false }, ['0 passed, 0 failed\n', '']],
  [' that asks for JSON', { json: true, useStderr: false }, ['', '0 passed, 0 failed\n']],
  [' of an editor', { json: false, useStderr: true }, ['', '0 passed, 0 failed\n']],
])('a run%s is reported where nothing else is read', (_what, options, texts) => {
  expect(printed(options)).toStrictEqual(texts);
});
