import ts from 'typescript';
import { declarationOf, nodesOf, type Sources } from './sources.ts';

/**
 * Which expressions can only ever be a text that stands in our own code: what a statement may be put together from. Literals,
 * constants and choices of them, numbers, and what PostgreSQL's own client has quoted; parameters of functions where every
 * call hands over such a text, and fields of objects where every object does. Whatever could come from outside is none of
 * these, however it looks.
 */

/** Functions whose answer is quoted for SQL. */
const QUOTING = new Set(['escapeIdentifier', 'escapeLiteral']);
/** Of lists: what makes one text of them, or another list. */
const OF_LISTS = new Set([
  'join',
  'concat',
  'filter',
  'toSorted',
  'toReversed',
  'flat',
  'slice',
  'at',
  'entries',
  'values',
  'keys',
]);
/** Of texts: what adds nothing to them. */
const OF_TEXTS = new Set([
  'toUpperCase',
  'toLowerCase',
  'trim',
  'trimEnd',
  'trimStart',
  'slice',
  'split',
  'toString',
]);
/** What adds to a list that was made before. */
const ADDING = new Set(['push', 'unshift', 'splice']);

type Made =
  | ts.ArrowFunction
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration;
const isMade = (node: ts.Node | undefined): node is Made =>
  node !== undefined &&
  (ts.isArrowFunction(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node));

type Field = ts.PropertyAssignment | ts.ShorthandPropertyAssignment | ts.MethodDeclaration;
const isField = (node: ts.Node): node is Field =>
  ts.isPropertyAssignment(node) ||
  ts.isShorthandPropertyAssignment(node) ||
  (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent));

/** The last name in an expression: `f`, `x.f`. */
const nameOf = (node: ts.Node): string =>
  ts.isPropertyAccessExpression(node) ? node.name.text : ts.isIdentifier(node) ? node.text : '';

export class FixedTexts {
  readonly #checker: ts.TypeChecker;
  /** Calls by the last name of what they call, and fields of objects by theirs: the compiler is asked about few of them. */
  readonly #callsByName = new Map<string, ts.CallExpression[]>();
  readonly #fieldsByName = new Map<string, Field[]>();
  /** What is given for a field, by where its type declares it. */
  readonly #given = new Map<ts.Node, readonly Field[]>();
  /** What is being looked at: a name that leads back to itself adds nothing that is not found without it. */
  readonly #under = new Set<ts.Node>();
  /** What was found, with parameters of functions as they are: who calls them decides. */
  readonly #found = new Map<ts.Node, readonly ts.Node[]>();

  constructor({ checker, files }: Sources) {
    this.#checker = checker;
    for (const file of files) {
      for (const call of nodesOf(file, ts.isCallExpression)) {
        const name = nameOf(call.expression);
        this.#callsByName.set(name, [...(this.#callsByName.get(name) ?? []), call]);
      }
      for (const field of nodesOf(file, isField)) {
        const name = field.name.getText();
        this.#fieldsByName.set(name, [...(this.#fieldsByName.get(name) ?? []), field]);
      }
    }
  }

  /** The parts of an expression that may hold anything; none: it is fixed. */
  open(expression: ts.Expression): ts.Node[] {
    const open = new Set<ts.Node>();
    const seen = new Set<ts.Node>();
    const waiting = [...this.#open(expression)];
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      if (seen.has(each)) continue;
      seen.add(each);
      const handedOver = ts.isParameter(each) ? this.#handedOver(each) : null;
      if (handedOver !== null) waiting.push(...handedOver);
      else open.add(ts.isParameter(each) ? each.name : each);
    }
    return [...open];
  }

  /** What everybody who calls the function gives for this parameter; null: nobody does, as far as can be seen. */
  #handedOver(declared: ts.ParameterDeclaration): readonly ts.Node[] | null {
    const made = declared.parent;
    if (!isMade(made) || declared.dotDotDotToken !== undefined) return null;
    const place = made.parameters.indexOf(declared);
    const calls = this.#callsOf(made);
    if (calls.length === 0) return null;
    return calls.flatMap((call) => {
      const argument = call.arguments[place] ?? declared.initializer;
      return argument === undefined ? [] : this.#open(argument);
    });
  }

  #open(expression: ts.Expression): readonly ts.Node[] {
    const known = this.#found.get(expression);
    if (known !== undefined) return known;
    if (this.#under.has(expression)) return [];
    this.#under.add(expression);
    const found = [...new Set(this.#look(expression))];
    this.#under.delete(expression);
    this.#found.set(expression, found);
    return found;
  }

  #all(expressions: readonly ts.Expression[]): ts.Node[] {
    return expressions.flatMap((each) => this.#open(each));
  }

  #look(node: ts.Expression): readonly ts.Node[] {
    if (ts.isStringLiteralLike(node)) return [];
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      return this.#open(node.expression);
    if (ts.isSpreadElement(node) || ts.isElementAccessExpression(node)) return this.#open(node.expression);
    if (ts.isTemplateExpression(node))
      return this.#all(node.templateSpans.map(({ expression }) => expression));
    if (ts.isConditionalExpression(node)) return this.#all([node.whenTrue, node.whenFalse]);
    if (ts.isBinaryExpression(node)) return this.#all([node.left, node.right]);
    if (ts.isArrayLiteralExpression(node)) return this.#all(node.elements);
    // Types last: the compiler works for them.
    if (!ts.isObjectLiteralExpression(node) && isFixedType(this.#checker.getTypeAtLocation(node))) return [];
    if (ts.isObjectLiteralExpression(node)) return node.properties.flatMap((each) => this.#openGiven(each));
    if (ts.isCallExpression(node)) return this.#openCall(node);
    if (ts.isPropertyAccessExpression(node)) return this.#openField(node.expression, node.name, node);
    if (ts.isIdentifier(node)) return this.#openDeclared(declarationOf(node, this.#checker), node);
    return [node];
  }

  #openCall(call: ts.CallExpression): readonly ts.Node[] {
    const { expression: callee } = call;
    if (ts.isPropertyAccessExpression(callee)) {
      const { expression: owner, name } = callee;
      if (QUOTING.has(name.text)) return [];
      if (OF_TEXTS.has(name.text)) return this.#open(owner);
      if (OF_LISTS.has(name.text))
        return this.#all(
          owner.getText() === 'Object'
            ? call.arguments
            : [owner, ...(name.text === 'join' || name.text === 'concat' ? call.arguments : [])],
        );
      const [made] = call.arguments;
      if (/^(map|flatMap)$/.test(name.text) && isMade(made))
        return this.#openResult(made, () => this.#open(owner));
    }
    const declared = this.#calledBy(call);
    if (declared === undefined) return [call];
    const given = this.#tableOf(declared)?.properties ?? this.#givenFor(declared);
    const made = given.length > 0 ? given.map(madeAs) : [madeAs(declared)];
    if (
      made.length > 0 &&
      made.every((each) => each !== undefined && 'body' in each && each.body !== undefined)
    ) {
      return made.flatMap((each) =>
        each === undefined
          ? [call]
          : this.#openResult(each, (place) => {
              const argument = call.arguments[place];
              return argument === undefined ? [call] : this.#open(argument);
            }),
      );
    }
    // Somebody else's: what it gives back may hold whatever it was given.
    const isOurs = !declared.getSourceFile().isDeclarationFile;
    if (isOurs || (isMade(declared) === false && !ts.isMethodSignature(declared))) return [call];
    const owner =
      ts.isPropertyAccessExpression(callee) && !ts.isNamespaceImport(callee.expression)
        ? [callee.expression]
        : [];
    return this.#all([...owner, ...call.arguments]);
  }

  /** What a function gives back, with what `given` says was handed over in place of its parameters. */
  #openResult(made: Made, given: (place: number) => readonly ts.Node[]): ts.Node[] {
    if (made.body === undefined) return [made];
    const results = ts.isBlock(made.body) ? returnsOf(made.body) : [made.body];
    if (results.length === 0) return [made];
    return this.#all(results).flatMap((each) => {
      const place = ts.isParameter(each) ? made.parameters.indexOf(each) : -1;
      return place < 0 ? [each] : given(place);
    });
  }

  #openDeclared(declared: ts.Declaration | undefined, name: ts.Node): readonly ts.Node[] {
    if (declared === undefined) return [name];
    if (ts.isParameter(declared)) return ts.isIdentifier(declared.name) ? [declared] : [name];
    if (ts.isShorthandPropertyAssignment(declared) || ts.isPropertyAssignment(declared))
      return this.#openGiven(declared);
    if (ts.isBindingElement(declared)) return this.#openBinding(declared, name);
    if (!ts.isVariableDeclaration(declared)) return [name];
    const list = declared.parent;
    if (ts.isVariableDeclarationList(list) && ts.isForOfStatement(list.parent))
      return this.#open(list.parent.expression);
    const isConstant = (ts.getCombinedNodeFlags(declared) & ts.NodeFlags.Const) !== 0;
    if (!isConstant || declared.initializer === undefined) return [name];
    return [...this.#open(declared.initializer), ...this.#all(addedTo(declared, this.#checker))];
  }

  #openBinding(declared: ts.BindingElement, name: ts.Node): readonly ts.Node[] {
    const table = this.#tableOf(declared);
    if (table !== null) return this.#open(table);
    const from = declared.parent.parent;
    const source = ts.isVariableDeclaration(from)
      ? (from.initializer ??
        (ts.isForOfStatement(from.parent.parent) ? from.parent.parent.expression : undefined))
      : undefined;
    if (source === undefined) return [name];
    if (ts.isArrayBindingPattern(declared.parent)) return this.#open(source);
    const field = declared.propertyName ?? declared.name;
    return ts.isIdentifier(field) && ts.isVariableDeclaration(from) && from.initializer !== undefined
      ? this.#openField(source, field, name)
      : [name];
  }

  /** The object whose entries or values a loop goes through, of a name that the loop gives to one of them, or a part of one. */
  #tableOf(declared: ts.Node | undefined): ts.ObjectLiteralExpression | null {
    let node = declared;
    if (node === undefined || !ts.isBindingElement(node)) return null;
    while (node !== undefined && !ts.isVariableDeclaration(node)) node = node.parent;
    const loop = node?.parent.parent;
    if (loop === undefined || !ts.isForOfStatement(loop) || !ts.isCallExpression(loop.expression))
      return null;
    const { arguments: given, expression: callee } = loop.expression;
    const [of] = given;
    if (!/^Object\.(?:entries|values)$/.test(callee.getText()) || of === undefined) return null;
    const made = declarationOf(of, this.#checker);
    const isTable =
      made !== undefined &&
      ts.isVariableDeclaration(made) &&
      made.initializer !== undefined &&
      ts.isObjectLiteralExpression(made.initializer);
    return isTable ? (made.initializer as ts.ObjectLiteralExpression) : null;
  }

  /** A field of something: by where it was made, where that can be seen, else by all that are given for it anywhere. */
  #openField(owner: ts.Expression, field: ts.MemberName, name: ts.Node): readonly ts.Node[] {
    const declared = ts.isIdentifier(owner) ? declarationOf(owner, this.#checker) : undefined;
    if (declared !== undefined && ts.isParameter(declared) && isMade(declared.parent)) {
      const place = declared.parent.parameters.indexOf(declared);
      const handed = this.#callsOf(declared.parent).flatMap((call) => call.arguments[place] ?? []);
      if (handed.length > 0 && !this.#under.has(declared)) {
        this.#under.add(declared);
        try {
          return handed.flatMap((each) => this.#openFieldOf(each, field, name));
        } finally {
          this.#under.delete(declared);
        }
      }
    }
    return this.#openFieldOf(owner, field, name);
  }

  #openFieldOf(owner: ts.Expression, field: ts.MemberName, name: ts.Node): readonly ts.Node[] {
    const types = this.#checker.getTypeAtLocation(owner);
    const all = types.isUnion() ? types.types : [types];
    const found = all.flatMap((type) => type.getProperty(field.text)?.declarations ?? []);
    if (found.length === 0) return [name];
    return found.flatMap((declared): readonly ts.Node[] => {
      if (ts.isPropertyAssignment(declared) || ts.isShorthandPropertyAssignment(declared))
        return this.#openGiven(declared);
      const given = this.#givenFor(declared);
      return given.length === 0 ? [name] : given.flatMap((each) => this.#openGiven(each));
    });
  }

  #openGiven(given: ts.Node): readonly ts.Node[] {
    if (ts.isPropertyAssignment(given)) return this.#open(given.initializer);
    if (ts.isSpreadAssignment(given)) return this.#open(given.expression);
    if (ts.isShorthandPropertyAssignment(given)) {
      const symbol = this.#checker.getShorthandAssignmentValueSymbol(given);
      return this.#openDeclared(symbol?.valueDeclaration, given);
    }
    return [given];
  }

  /** What objects give for a field that a type declares. */
  #givenFor(declared: ts.Declaration): readonly Field[] {
    if (!ts.isPropertySignature(declared) && !ts.isMethodSignature(declared)) return [];
    const known = this.#given.get(declared);
    if (known !== undefined) return known;
    const name = declared.name.getText();
    const given = (this.#fieldsByName.get(name) ?? []).filter((field) => {
      const object = field.parent;
      const type = ts.isObjectLiteralExpression(object) ? this.#checker.getContextualType(object) : undefined;
      const types = type?.isUnion() ? type.types : [type];
      return types.some((each) => each?.getProperty(name)?.valueDeclaration === declared);
    });
    this.#given.set(declared, given);
    return given;
  }

  /** Everybody who calls a function: by its name, or as a method of what it was put into. */
  #callsOf(made: Made): ts.CallExpression[] {
    const { parent } = made;
    const field = ts.isPropertyAssignment(parent) ? parent : ts.isMethodDeclaration(made) ? made : undefined;
    const named = field ?? (ts.isVariableDeclaration(parent) ? parent : made);
    const name = 'name' in named && named.name !== undefined ? named.name.getText() : '';
    const table = field?.parent;
    const inLoops =
      table !== undefined && ts.isObjectLiteralExpression(table)
        ? nodesOf(made.getSourceFile(), ts.isCallExpression).filter(
            (call) => ts.isIdentifier(call.expression) && this.#tableOf(this.#calledBy(call)) === table,
          )
        : [];
    const byName = (this.#callsByName.get(name) ?? []).filter((call) => {
      const called = this.#calledBy(call);
      if (called === undefined) return false;
      return (
        called === named ||
        called === made ||
        (field !== undefined && isField(field) && this.#givenFor(called).includes(field))
      );
    });
    return [...inLoops, ...byName];
  }

  #calledBy({ expression: callee }: ts.CallExpression): ts.Declaration | undefined {
    const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
    return declarationOf(name, this.#checker);
  }
}

const madeAs = (declared: ts.Declaration | undefined): Made | undefined => {
  const made =
    declared !== undefined && (ts.isVariableDeclaration(declared) || ts.isPropertyAssignment(declared))
      ? declared.initializer
      : declared;
  return isMade(made) ? made : undefined;
};

/** What is added to a list after it was made. */
function addedTo(declared: ts.VariableDeclaration, checker: ts.TypeChecker): ts.Expression[] {
  return nodesOf(declared.getSourceFile(), ts.isCallExpression).flatMap(
    ({ arguments: added, expression: callee }) =>
      ts.isPropertyAccessExpression(callee) &&
      ADDING.has(callee.name.text) &&
      declarationOf(callee.expression, checker) === declared
        ? [...added]
        : [],
  );
}

function returnsOf(body: ts.Block): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** Literals and choices of them, and numbers: none of these can carry SQL. */
function isFixedType(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every(isFixedType);
  const plain =
    ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.Null | ts.TypeFlags.Undefined;
  return type.isStringLiteral() || (type.flags & plain) !== 0;
}
