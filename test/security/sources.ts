import { resolve } from 'node:path';
import ts from 'typescript';

/** Our own code as the compiler sees it: for rules that hold of every line, whoever writes it. */

export const ROOT = resolve(import.meta.dirname, '../..');

/** What runs as the product: no tests, nothing that only tests load, not the page in the browser. */
const FOLDERS = ['apps', 'shared'];
const OTHERS = /\.test\.ts$|\/test-[\w-]+\.ts$|\/sample-[\w-]+\.ts$|\/node_modules\/|\/apps\/console\//;

export interface Sources {
  checker: ts.TypeChecker;
  files: readonly ts.SourceFile[];
}

let read: { program: ts.Program; roots: readonly string[] } | undefined;

/** Reads all of it, once per process: test files that ask the compiler about the product share it, and the types it has found. */
export function productProgram(): { program: ts.Program; roots: readonly string[] } {
  read ??= readProgram();
  return read;
}

function readProgram(): { program: ts.Program; roots: readonly string[] } {
  const config = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const roots = FOLDERS.flatMap((folder) =>
    ts.sys.readDirectory(resolve(ROOT, folder), ['.ts'], undefined, ['**/*']),
  ).filter((path) => !OTHERS.test(path));
  return { roots, program: ts.createProgram(roots, { ...options, noEmit: true, skipLibCheck: true }) };
}

/** The product's own files, and what the compiler knows of them. */
export function readSources(): Sources {
  const { program, roots } = productProgram();
  const wanted = new Set(roots);
  return {
    checker: program.getTypeChecker(),
    files: program.getSourceFiles().filter(({ fileName }) => wanted.has(fileName)),
  };
}

/** Every node of a kind in a file, in order. */
export function nodesOf<T extends ts.Node>(root: ts.Node, is: (node: ts.Node) => node is T): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    if (is(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** Where a node stands, from the root of the product: as an editor opens it. */
export function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${fileOf(node)}:${line + 1}`;
}

export const fileOf = (node: ts.Node): string => node.getSourceFile().fileName.slice(ROOT.length + 1);

/** What a name stands for, through imports; undefined: nothing that is declared anywhere. */
export function declarationOf(node: ts.Node, checker: ts.TypeChecker): ts.Declaration | undefined {
  let symbol = checker.getSymbolAtLocation(node);
  if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0) {
    symbol = checker.getAliasedSymbol(symbol);
  }
  return symbol?.valueDeclaration ?? symbol?.declarations?.[0];
}

/** Declarations of the language, which are the same for all. */
const declarations = new Map<string, ts.SourceFile | undefined>();

/**
 * A few lines as if they were a file of ours, to show that a rule finds what it is to find. `#{` stands for the beginning of a
 * place in a template.
 */
export function sourcesOf(lines: string): Sources {
  const path = resolve(ROOT, 'planted.ts');
  const text = lines.replaceAll('#{', '$' + '{');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2024,
    types: [],
  };
  const host = ts.createCompilerHost(options, true);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.getSourceFile = (name, ...more) => {
    if (name === path) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2024, true);
    if (!declarations.has(name)) declarations.set(name, getSourceFile.call(host, name, ...more));
    return declarations.get(name);
  };
  const program = ts.createProgram([path], options, host);
  const file = program.getSourceFile(path);
  return { checker: program.getTypeChecker(), files: file === undefined ? [] : [file] };
}
