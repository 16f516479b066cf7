import { resolve } from 'node:path';
import ts from 'typescript';
import { loadedModule } from '../../infra/testing/observed-metrics.ts';
import { nodesOf, ROOT, type Sources } from './sources.ts';

/** Which rights on tables the code of a service uses, as far as its own texts of SQL say. */

type Verb = 'select' | 'insert' | 'update' | 'delete';

/** Every text of SQL, or part of one, in the modules that an entry loads. What is put into a template is left out. */
export function textsOf(entry: string, { files }: Sources): string[] {
  const byName = new Map(files.map((file) => [file.fileName, file]));
  const seen = new Set<string>();
  const waiting = [resolve(ROOT, entry)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byName.get(path);
    if (file === undefined || seen.has(path)) continue;
    seen.add(path);
    waiting.push(...loadedBy(file));
  }
  return [...seen].flatMap((path) => {
    const file = byName.get(path);
    return file === undefined ? [] : literalsOf(file);
  });
}

/** Whether one of the texts does this to the table. `FOR UPDATE` and its kind take the right to update. */
export function uses(texts: readonly string[], verb: Verb, table: string): boolean {
  const named = `(?:public\\.)?"?${table}"?\\b`;
  const has = (pattern: string): boolean => texts.some((text) => new RegExp(pattern, 'i').test(text));
  switch (verb) {
    case 'select':
      return has(`\\b(?:FROM|JOIN|USING|UPDATE|INTO|ONLY)\\s+${named}|,\\s*${named}`);
    case 'insert':
      // The second is what `CopyRows.writeInto` is given.
      return has(`\\bINSERT INTO\\s+${named}|^${named}\\s*\\(`);
    case 'update':
      return (
        has(`\\bUPDATE\\s+${named}`) ||
        has(`\\bINSERT INTO\\s+${named}[^]*(?:DO UPDATE|${PLACE})`) ||
        has(`\\b(?:FROM|JOIN)\\s+${named}[^]*(?:FOR (?:NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)|${PLACE}\\s*$)`)
      );
    case 'delete':
      return has(`\\bDELETE FROM\\s+${named}`);
  }
}

/** Stands for a place in a template. */
const PLACE = '\\u0001';

function literalsOf(file: ts.SourceFile): string[] {
  return [
    ...nodesOf(file, ts.isStringLiteralLike).map(({ text }) => text),
    ...nodesOf(file, ts.isTemplateExpression).map(({ head, templateSpans }) =>
      [head.text, ...templateSpans.map(({ literal }) => literal.text)].join(' \u0001 '),
    ),
  ];
}

/** Modules of ours that a file loads; types are erased and load nothing. */
function loadedBy(file: ts.SourceFile): string[] {
  return file.statements.flatMap((statement) => {
    const name = loadedModule(statement);
    if (name?.startsWith('#shared/')) return [resolve(ROOT, name.slice(1))];
    return name?.startsWith('.') ? [resolve(file.fileName, '..', name)] : [];
  });
}
