import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { fill, languages, type Phrase, type Phrases, type Texts } from './define.ts';

const SRC = join(import.meta.dirname, '..');

const filesOf = async (ending: RegExp): Promise<string[]> =>
  (await readdir(SRC, { recursive: true })).filter((name) => ending.test(name)).sort();

const placesOf = (phrase: Phrase): string[] =>
  [...(typeof phrase === 'string' ? phrase : `${phrase.one} ${phrase.other} {count}`).matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name ?? '')
    .filter((name, index, all) => all.indexOf(name) === index)
    .sort();

/** Texts of the console, by file and export. */
async function allTexts(): Promise<Map<string, Texts>> {
  const found = new Map<string, Texts>();
  for (const file of await filesOf(/(^|\/)texts\.ts$/)) {
    for (const [name, value] of Object.entries(await import(join(SRC, file)))) {
      if (typeof value === 'object' && value !== null && 'en' in value)
        found.set(`${file} ${name}`, value as Texts);
    }
  }
  return found;
}

/** Literals of some code; of a template what is around its places, which may be anything. */
function wordsOf(file: string, source: string): { literals: Set<string>; templates: RegExp[] } {
  const literals = new Set<string>();
  const templates: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) literals.add(node.text);
    else if (ts.isTemplateExpression(node)) {
      const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      if (parts.every((part) => /^\w*$/.test(part)) && parts.join('') !== '')
        templates.push(new RegExp(`^${parts.join('\\w+')}$`));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return { literals, templates };
}

/** What a reader sees or hears, and so may not stand in the code. */
const READ = new Set([
  'label',
  'title',
  'placeholder',
  'description',
  'alt',
  'aria-label',
  'aria-description',
  'error',
  'hint',
  'note',
  'state',
  'summary',
]);
const hasWords = (text: string): boolean => /\p{L}{2,}/u.test(text);

/** Literals of a component that somebody reads. */
function literalsOf(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const faults: string[] = [];
  const note = (node: ts.Node, text: string): void => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    if (hasWords(text)) faults.push(`${file}:${line + 1}: ${text.trim()}`);
  };
  /** Literals that an expression may come to. */
  const results = (node: ts.Expression): void => {
    if (ts.isStringLiteralLike(node)) note(node, node.text);
    else if (ts.isTemplateExpression(node)) {
      note(node, [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '));
    } else if (ts.isConditionalExpression(node)) {
      results(node.whenTrue);
      results(node.whenFalse);
    } else if (ts.isParenthesizedExpression(node)) results(node.expression);
    else if (ts.isBinaryExpression(node) && /^(&&|\|\||\?\?)$/.test(node.operatorToken.getText()))
      results(node.right);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text);
    else if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
      results(node.expression);
    else if (ts.isJsxAttribute(node) && READ.has(node.name.getText()) && node.initializer) {
      if (ts.isStringLiteral(node.initializer)) note(node, node.initializer.text);
      else if (ts.isJsxExpression(node.initializer) && node.initializer.expression)
        results(node.initializer.expression);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return faults;
}

describe('Texts of the console', () => {
  it('are there in every language, with the same places', async () => {
    const all = await allTexts();
    assert.ok(all.size >= 8, 'texts.ts of the shell, the parts and every area');
    for (const [where, texts] of all) {
      for (const language of languages) {
        const spoken: Phrases = texts[language];
        assert.deepEqual(Object.keys(spoken).sort(), Object.keys(texts.en).sort(), `${where} in ${language}`);
        for (const [key, phrase] of Object.entries(texts.en)) {
          const other = spoken[key] ?? '';
          assert.deepEqual(placesOf(other), placesOf(phrase), `${where}: ${key} in ${language}`);
          assert.equal(typeof other, typeof phrase, `${where}: ${key} in ${language}`);
          for (const text of typeof other === 'string' ? [other] : [other.one, other.other]) {
            assert.notEqual(text.trim(), '', `${where}: ${key} in ${language}`);
          }
        }
      }
    }
  });

  it('stand nowhere in the code', async () => {
    const files = await filesOf(/\.tsx$/);
    assert.ok(files.length > 30);
    const faults = await Promise.all(
      files.map(async (file) => literalsOf(file, await readFile(join(SRC, file), 'utf8'))),
    );
    assert.deepEqual(faults.flat(), [], 'put it into the texts.ts of its folder');
  });

  it('are said somewhere: in their folder, or where they are imported', async () => {
    const files = (await filesOf(/\.tsx?$/)).filter((file) => !/(^|\/)texts\.ts$|\.test\.ts$/.test(file));
    const sources = await Promise.all(
      files.map(async (file) => {
        const source = await readFile(join(SRC, file), 'utf8');
        return { file, source, ...wordsOf(file, source) };
      }),
    );
    for (const [where, texts] of await allTexts()) {
      const [path = '', name = ''] = where.split(' ');
      const users = sources.filter(
        // How things stand in the API is said under the names that they have there.
        ({ file, source }) =>
          /^api\//.test(file) || file.startsWith(`${dirname(path)}/`) || source.includes(name),
      );
      // Whoever asks whether a text is there says those of values that come from the API.
      if (users.some(({ source }) => source.includes(`Object.hasOwn(${name}.en, `))) continue;
      const unsaid = Object.keys(texts.en).filter(
        (key) =>
          !users.some(
            ({ literals, templates }) => literals.has(key) || templates.some((each) => each.test(key)),
          ),
      );
      assert.deepEqual(unsaid, [], where);
    }
  });

  it('in the code would be found', () => {
    const found = (source: string) => literalsOf('x.tsx', source).length;
    assert.equal(found('<p>Hello</p>'), 1);
    assert.equal(found('<p>{on ? "Yes please" : say("no")}</p>'), 1);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code
    assert.equal(found('<p>{count > 0 && `${count} rows`}</p>'), 1);
    assert.equal(found('<Button title="Save" label={"Save"} />'), 2);
    assert.equal(found('<Button color="red" to="/home">{say("save")} · 1</Button>'), 0);
  });

  it('have their places filled, in the plural form and with the figures of the language', () => {
    assert.equal(fill('en', { one: '{count} row', other: '{count} rows' }, { count: 1 }), '1 row');
    assert.equal(fill('en', { one: '{count} row', other: '{count} rows' }, { count: 12_000 }), '12,000 rows');
    assert.equal(
      fill('es', { one: '{count} fila', other: '{count} filas' }, { count: 12_000 }),
      '12.000 filas',
    );
    assert.equal(fill('es', 'Hola, {name}', { name: 'Ana' }), 'Hola, Ana');
    assert.throws(() => fill('en', 'Hello, {name}', {}), /name/);
  });
});
