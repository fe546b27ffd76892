/**
 * Large definitions: of these only the text is kept, which Tasks name which role, and the Tasks of the last few. Parsed, they
 * take three times as much memory as their text, and whoever edits state machines decides how many are as large as AWS accepts.
 * A check that finds nothing needs no Task; to work out what a link needs, the text is parsed again, in some 60 ms of processor
 * time for 700 KB.
 */
import type { Parts } from '../../base/parts.ts';
import { finish } from '../../base/parts.ts';
import { namesRole, type Task } from '../task.ts';
import { definitionInParts, type Definition } from './definition.ts';

/** In characters. Few definitions are longer. */
const LARGE = 65_536;
/** Bytes of the Tasks that are kept: those of some ten definitions of 700 KB, as many as are worked on at once. With four, of
 *  thirty they were parsed so often that it took half as much processor time again. */
const MOST_KEPT = 33_554_432;
/** What V8 takes, about, for each value in objects and lists beside its text. */
const BYTES_A_VALUE = 32;

/** The definition in the form in which it is to be kept. The result may have other Task objects each time that it is asked.
 *  @param text from which it was parsed */
export function definitionToKeep(text: string, definition: Definition): Definition {
  return text.length < LARGE ? definition : new LargeDefinition(text, definition);
}

/** The Tasks of a definition. If they have to be parsed again, other work gets a turn meanwhile. */
export function* tasksInParts(definition: Definition): Parts<readonly Task[]> {
  if (definition instanceof LargeDefinition && !definition.isLoaded)
    definition.load((yield* definitionInParts(definition.text)).tasks);
  return definition.tasks;
}

/** Names of the Tasks that name a role. */
export function tasksNaming(definition: Definition, roleArn: string): readonly string[] {
  if (definition instanceof LargeDefinition) return definition.tasksByRole.get(roleArn) ?? [];
  return definition.tasks.filter((task) => namesRole(task, roleArn)).map(({ name }) => name);
}

class LargeDefinition implements Definition {
  readonly text: string;
  readonly queryLanguage: Definition['queryLanguage'];
  readonly distributedMaps: readonly string[];
  readonly tasksByRole: ReadonlyMap<string, readonly string[]>;
  /** Of the Tasks, in bytes. */
  readonly size: number;

  constructor(text: string, { queryLanguage, distributedMaps, tasks }: Definition) {
    this.text = text;
    this.size = parsedSize(text);
    this.queryLanguage = queryLanguage;
    this.distributedMaps = distributedMaps;
    this.tasksByRole = namesByRole(tasks);
    this.load(tasks);
  }

  get isLoaded(): boolean {
    return LOADED.has(this);
  }

  get tasks(): readonly Task[] {
    const loaded = LOADED.get(this) ?? finish(definitionInParts(this.text)).tasks;
    this.load(loaded);
    return loaded;
  }

  /** Keeps the Tasks, which count as used now; those that were not used for longest are dropped. */
  load(tasks: readonly Task[]): void {
    LOADED.delete(this);
    LOADED.set(this, tasks);
    let bytes = 0;
    for (const { size } of LOADED.keys()) bytes += size;
    for (const oldest of LOADED.keys()) {
      if (bytes <= MOST_KEPT || oldest === this) return;
      bytes -= oldest.size;
      LOADED.delete(oldest);
    }
  }
}

/** How many bytes a definition takes that is parsed, about. That of 1 MB of empty objects takes 22 MB: by the length of their
 *  texts, those of a tenant that are kept would fill the memory. */
function parsedSize(text: string): number {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) if (precedesValue(text.charCodeAt(at))) values += 1;
  return text.length + values * BYTES_A_VALUE;
}

/** `,`, `:`, `[` or `{`. Those in texts count, too. */
function precedesValue(code: number): boolean {
  return code === 0x2c || code === 0x3a || code === 0x5b || code === 0x7b;
}

function namesByRole(tasks: readonly Task[]): ReadonlyMap<string, readonly string[]> {
  const byRole = new Map<string, string[]>();
  for (const { name, credentials } of tasks) {
    if (credentials.kind !== 'static') continue;
    const names = byRole.get(credentials.roleArn);
    if (names === undefined) byRole.set(credentials.roleArn, [name]);
    else names.push(name);
  }
  return byRole;
}

/** In the order of their last use. */
const LOADED = new Map<LargeDefinition, readonly Task[]>();
