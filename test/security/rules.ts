import ts from 'typescript';
import { FixedTexts } from './fixed-text.ts';
import { fileOf, nodesOf, placeOf, type Sources } from './sources.ts';

/** Rules that hold of every line of the product. Each returns where it is broken, as `file:line: what stands there`. */

/** A place with what stands there; `what` names it in a list of those that were looked at. */
export interface Finding {
  place: string;
  file: string;
  what: string;
}

const found = (node: ts.Node): Finding => ({
  place: placeOf(node),
  file: fileOf(node),
  what: node.getText().replaceAll(/\s+/g, ' '),
});

const STATEMENT =
  /\b(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WHERE|ORDER BY|GROUP BY|CREATE|ALTER|DROP|GRANT|REVOKE|COPY)\b/;

/**
 * Parts of statements that may be anything. Looked at: whatever is given to a method `query`, and every template that reads
 * like SQL; scripts that Redis runs besides.
 */
export function openSql(sources: Sources): Finding[] {
  const fixed = new FixedTexts(sources);
  const open = new Map<ts.Node, Finding>();
  const look = (expression: ts.Expression): void => {
    for (const each of fixed.open(expression)) open.set(each, found(each));
  };
  for (const file of sources.files) {
    for (const { arguments: given, expression: callee } of nodesOf(file, ts.isCallExpression)) {
      const [first] = given;
      if (first === undefined || !ts.isPropertyAccessExpression(callee)) continue;
      if (callee.name.text === 'eval') look(first);
      if (callee.name.text === 'query') look(textOf(first));
    }
    for (const template of nodesOf(file, ts.isTemplateExpression)) {
      const words = [template.head, ...template.templateSpans.map(({ literal }) => literal)];
      if (STATEMENT.test(words.map(({ text }) => text).join(' '))) look(template);
    }
  }
  return [...open.values()];
}

/** Of a query that is given as an object, its text. */
function textOf(given: ts.Expression): ts.Expression {
  if (!ts.isObjectLiteralExpression(given)) return given;
  const text = given.properties.find(({ name }) => name?.getText() === 'text');
  return text !== undefined && ts.isPropertyAssignment(text) ? text.initializer : given;
}

/** A field of a line in the log. */
export interface LoggedField {
  place: string;
  name: string;
  /** Whether its type says that it is a phone number. */
  isPhoneNumber: boolean;
}

const LEVELS = new Set(['debug', 'info', 'warn', 'error', 'child']);

/** Fields of all lines that are logged, and what of a person is put into their words. */
export function logged({ checker, files }: Sources): { fields: LoggedField[]; words: Finding[] } {
  const fields: LoggedField[] = [];
  const words: Finding[] = [];
  for (const call of files.flatMap((file) => nodesOf(file, ts.isCallExpression))) {
    const { arguments: given, expression: callee } = call;
    if (!ts.isPropertyAccessExpression(callee) || !LEVELS.has(callee.name.text)) continue;
    if (checker.getTypeAtLocation(callee.expression).symbol?.name !== 'Logger') continue;
    const [said, message] = given;
    if (said === undefined) continue;
    for (const symbol of checker.getTypeAtLocation(said).getProperties()) {
      const type = checker.getTypeOfSymbolAtLocation(symbol, said);
      fields.push({ place: placeOf(call), name: symbol.name, isPhoneNumber: isPhoneNumber(type, checker) });
    }
    const spans = message === undefined ? [] : nodesOf(message, ts.isTemplateSpan);
    for (const { expression } of spans) {
      const isPersonal =
        isPhoneNumber(checker.getTypeAtLocation(expression), checker) ||
        /\b(?:body|text|words|phone|phoneNumber|from|to|email|answer)$/.test(expression.getText());
      if (isPersonal) words.push(found(expression));
    }
  }
  return { fields, words };
}

function isPhoneNumber(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.some((each) => isPhoneNumber(each, checker));
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (element !== undefined && (type.flags & ts.TypeFlags.StringLike) === 0 && !type.isIntersection()) {
    return isPhoneNumber(element, checker);
  }
  return (
    type.isIntersection() &&
    type.getProperty('__brand') !== undefined &&
    /PhoneNumber/.test(checker.typeToString(type))
  );
}

const SECRET =
  /sig$|signature|hash|digest|secret|hmac|mac$|password|pepper|apikey|api-key|authorization|credential|token/i;
const EQUALITY = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);
const COMPARING = new Set([
  'equals',
  'compare',
  'includes',
  'localeCompare',
  'startsWith',
  'endsWith',
  'indexOf',
]);

/** Comparisons of what is called like a secret with anything but a literal, by means that stop at the first difference. */
export function leakyComparisons({ files }: Sources): Finding[] {
  return files
    .flatMap((file) => [
      ...nodesOf(file, ts.isBinaryExpression).filter(
        ({ left, operatorToken, right }) =>
          EQUALITY.has(operatorToken.kind) &&
          [left, right].some((side) => SECRET.test(lastNameOf(side))) &&
          ![left, right].some(isLiteral),
      ),
      ...nodesOf(file, ts.isCallExpression).filter(
        ({ arguments: given, expression: callee }) =>
          ts.isPropertyAccessExpression(callee) &&
          COMPARING.has(callee.name.text) &&
          [callee.expression, ...given].some((each) => SECRET.test(lastNameOf(each))) &&
          !given.every(isLiteral),
      ),
    ])
    .map(found);
}

/** The last name of an expression: `x.secret`, `parameters['sig']`, `secretOf(x)`. */
function lastNameOf(expression: ts.Expression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  if (ts.isElementAccessExpression(expression))
    return expression.argumentExpression.getText().replaceAll(/['"]/g, '');
  if (ts.isCallExpression(expression)) return lastNameOf(expression.expression);
  return ts.isIdentifier(expression) ? expression.text : '';
}

const isLiteral = (node: ts.Expression): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isNumericLiteral(node) ||
  ts.isPrefixUnaryExpression(node) ||
  ts.isTypeOfExpression(node) ||
  [ts.SyntaxKind.NullKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(node.kind) ||
  node.getText() === 'undefined';

/** Texts that become code, or a command line of a shell. */
export function textsAsCode({ files }: Sources): Finding[] {
  return files
    .flatMap((file) => [
      ...nodesOf(file, ts.isNewExpression).filter(({ expression }) => expression.getText() === 'Function'),
      ...nodesOf(file, ts.isCallExpression).filter(({ expression }) => expression.getText() === 'eval'),
      ...nodesOf(file, ts.isImportDeclaration).filter(({ importClause, moduleSpecifier }) => {
        const from = moduleSpecifier.getText().slice(1, -1);
        return (
          from === 'node:vm' ||
          (/child_process$/.test(from) && /\bexec(?:Sync)?\b/.test(importClause?.getText() ?? ''))
        );
      }),
      ...nodesOf(file, ts.isPropertyAssignment).filter(
        ({ initializer, name }) =>
          name.getText() === 'shell' && initializer.kind !== ts.SyntaxKind.FalseKeyword,
      ),
    ])
    .map(found);
}
