/** CHANGELOG.md, kept as https://keepachangelog.com/en/1.1.0/ says. */

/** The text of a version's section, without its heading. Throws if there is none, or if it is empty. */
export function changelogSection(changelog: string, version: string): string {
  const [, rest] = changelog.split(`\n## [${version}]`);
  if (rest === undefined) throw new Error(`CHANGELOG.md has no section "## [${version}]"`);
  const section = rest.slice(rest.indexOf('\n') + 1).split(/\n## |\n\[[^\]]+\]: /)[0] ?? '';
  if (section.trim() === '') throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return `${section.trim()}\n`;
}
