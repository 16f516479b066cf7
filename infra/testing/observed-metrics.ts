import { resolve } from 'node:path';
import ts from 'typescript';

/** One call of `Metrics.observe` that the compiler found: which metrics it may name, and which dimensions it gives. */
export interface ObserveCall {
  /** From the root of the product. */
  file: string;
  line: number;
  metrics: readonly string[];
  dimensions: readonly string[];
}

/** Which files each entry loads, itself included, and every call of `observe` in any of them. */
export interface Observed {
  calls: readonly ObserveCall[];
  filesOf: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads what services can emit from their code: every call of `observe` on something of the type `Metrics`, with the
 * literal types of its arguments, in every module that a service's entry loads. What cannot be read as literals is an
 * error: it could not be held against anything. `program`: has all of them.
 */
export function readObserveCalls(root: string, entries: readonly string[], program: ts.Program): Observed {
  const checker = program.getTypeChecker();
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(`${root}/`) && !fileName.includes('/node_modules/'));
  const calls = ours.flatMap((file) => callsIn(file, checker, root));
  return {
    calls,
    filesOf: new Map(entries.map((entry) => [entry, loadedBy(resolve(root, entry), program, root)])),
  };
}

function callsIn(file: ts.SourceFile, checker: ts.TypeChecker, root: string): ObserveCall[] {
  const found: ObserveCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isObserve(node, checker)) found.push(read(node, file, checker, root));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isObserve({ expression }: ts.CallExpression, checker: ts.TypeChecker): boolean {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'observe') return false;
  return checker.getTypeAtLocation(expression.expression).symbol?.name === 'Metrics';
}

function read(
  node: ts.CallExpression,
  file: ts.SourceFile,
  checker: ts.TypeChecker,
  root: string,
): ObserveCall {
  const where = `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const [name, , dimensions] = node.arguments;
  if (!name || !dimensions) throw new Error(`${where}: observe without a name or dimensions`);
  const type = checker.getTypeAtLocation(name);
  const literals = (type.isUnion() ? type.types : [type]).map((each) => {
    if (!each.isStringLiteral()) throw new Error(`${where}: the name of a metric is not a literal`);
    return each.value;
  });
  return {
    file: file.fileName.slice(root.length + 1),
    line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    metrics: literals,
    dimensions: checker
      .getTypeAtLocation(dimensions)
      .getProperties()
      .map((property) => property.name),
  };
}

/** What `entry` imports at run time, directly and through others; types are erased and load nothing. */
function loadedBy(entry: string, program: ts.Program, root: string): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const file = program.getSourceFile(path);
    if (!file || seen.has(path) || path.includes('/node_modules/')) continue;
    seen.add(path);
    for (const statement of file.statements) {
      const specifier = loadedModule(statement);
      if (specifier === null) continue;
      const found = ts.resolveModuleName(
        specifier,
        path,
        program.getCompilerOptions(),
        ts.sys,
        undefined,
        undefined,
        ts.ModuleKind.ESNext,
      );
      if (found.resolvedModule) queue.push(found.resolvedModule.resolvedFileName);
    }
  }
  return new Set([...seen].map((path) => path.slice(root.length + 1)));
}

/** What a statement loads at run time; null: nothing, as types do. */
export function loadedModule(statement: ts.Statement): string | null {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return null;
  const { moduleSpecifier } = statement;
  if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return null;
  const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
  const named = clause?.namedBindings;
  const onlyTypes =
    clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
    (clause?.name === undefined &&
      named !== undefined &&
      ts.isNamedImports(named) &&
      named.elements.every(({ isTypeOnly }) => isTypeOnly));
  return onlyTypes ? null : moduleSpecifier.text;
}
