/** `-o`: what a verb prints for programs. The structures are in docs/cli.md and stable. */
import { InvalidArgumentError, Option } from 'commander';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import type { Io } from './io.ts';
import { nearest } from '../../base/suggest.ts';

/** Formats of every verb that prints results; `name` as in kubectl. */
export const STRUCTURED = ['json', 'yaml'] as const;
type Structured = (typeof STRUCTURED)[number];

/** `-o, --output`, one of the formats. */
export function outputOption(formats: readonly string[], description = 'output for programs'): Option {
  return new Option('-o, --output <format>', description).choices(formats).argParser((format: string) => {
    if (formats.includes(format)) return format;
    const [guess] = nearest(format, formats);
    throw new InvalidArgumentError(
      guess === undefined ? `It is one of ${formats.join(', ')}.` : `Did you mean ${guess}?`,
    );
  });
}

/** Whether the output is for programs that read JSON or YAML. */
export function isStructured(format: string | undefined): format is Structured {
  return format === 'json' || format === 'yaml';
}

/** Writes a value as JSON or YAML. */
export async function writeStructured(format: Structured, value: object, io: Io): Promise<void> {
  io.write(await structuredText(format, value));
}

/** A value as JSON or YAML. */
export async function structuredText(format: Structured, value: object): Promise<string> {
  if (format === 'json') return `${JSON.stringify(value, undefined, 2)}\n`;
  const { yamlText } = await import('../files/yaml-text.ts');
  return yamlText(value);
}

/** `-o name`: as kubectl prints it, so that it can be passed to kubectl. */
export function resourceName(name: string): string {
  return `${CROSS_ACCOUNT_LINK.kind.toLowerCase()}.${CROSS_ACCOUNT_LINK.group}/${name}\n`;
}
