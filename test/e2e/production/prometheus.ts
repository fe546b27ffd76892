/** Prometheus' text format, as far as tests need it. */

/** What Prometheus would read. */
export async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** One line for each sample. */
export function series(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

export function nameOf(line: string): string {
  return /^[a-z_]+/.exec(line)?.[0] ?? '';
}

/** A sample's name and labels. */
export function withoutValue(line: string): string {
  return line.slice(0, line.lastIndexOf(' '));
}
