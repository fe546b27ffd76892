/** The session in docs/cli.md, which the plugin's tests keep up to date. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { VERSION } from '../../../src/base/version.ts';

/** The commands of the transcript, each with what it prints. */
export function transcript(): readonly { readonly command: string; readonly output: string }[] {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks.flatMap((text) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...lines] = part.split('\n');
        return { command, output: lines.join('\n').trimEnd() };
      }),
  );
}

/** What would be printed differently on another machine, with another version or at another time. */
export function steady(stdout: string): string {
  return stdout
    .replaceAll(hostname(), 'crossaccountlink-6b9f7c-x2k4p')
    .replaceAll(VERSION, '1.4.0')
    .replaceAll(/renewed \d+ s ago/g, 'renewed 1 s ago')
    .trimEnd();
}
