import { join } from 'node:path';

/**
 * What each service may do with each table, as somebody has read and kept it: table by table, so that whoever reviews a
 * change sees who else reaches what. `s` reads, `i` adds, `u` changes, `d` takes away.
 */
export const RIGHTS_FILE = join(import.meta.dirname, 'rights.txt');

const VERBS = { select: 's', insert: 'i', update: 'u', delete: 'd' } as const;
export type Verb = keyof typeof VERBS;
export const verbs = Object.keys(VERBS) as Verb[];

type Rows = Readonly<Record<string, { tables: Partial<Record<string, readonly Verb[]>> }>>;

/** One line per table, sorted; services in the order of the map. */
export function rightsText(rows: Rows): string {
  const tables = [...new Set(Object.values(rows).flatMap((row) => Object.keys(row.tables)))].sort();
  return `${tables
    .map((table) => {
      const rights = Object.entries(rows).flatMap(([service, row]) => {
        const letters = verbs.filter((verb) => row.tables[table]?.includes(verb)).map((verb) => VERBS[verb]);
        return letters.length === 0 ? [] : [`${service} ${letters.join('')}`];
      });
      return `${table}: ${rights.join(', ')}`;
    })
    .join('\n')}\n`;
}

/** "service verb table" of everything in the file. */
export function rightsIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [table = '', rights = ''] = line.split(': ');
    for (const each of rights.split(', ')) {
      const [service, letters = ''] = each.split(' ');
      for (const verb of verbs) if (letters.includes(VERBS[verb])) found.add(`${service} ${verb} ${table}`);
    }
  }
  return found;
}
