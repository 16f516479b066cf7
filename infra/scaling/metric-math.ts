/**
 * The part of CloudWatch's metric math that scaling needs, as data: the program renders a formula to text, the
 * simulation computes the very same formula. A series that has no value for a minute makes what is computed from it
 * absent as well, unless `filled` stands in front.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

export type Formula =
  /** Another query of the same list, by its id. */
  | { kind: 'series'; id: string }
  | { kind: 'number'; value: number }
  /** The series, with `value` where it has none. */
  | { kind: 'filled'; id: string; value: number }
  | { kind: 'binary'; operator: Operator; left: Formula; right: Formula }
  | { kind: 'if'; condition: Formula; then: Formula; otherwise: Formula };

type Operator = '+' | '-' | '*' | '/' | '>' | '<' | 'AND';

export const series = (id: string): Formula => ({ kind: 'series', id });
export const number = (value: number): Formula => ({ kind: 'number', value });
export const filled = (id: string, value: number): Formula => ({ kind: 'filled', id, value });
export const when = (condition: Formula, then: Formula, otherwise: Formula): Formula => ({
  kind: 'if',
  condition,
  then,
  otherwise,
});

const binary =
  (operator: Operator) =>
  (left: Formula, right: Formula): Formula => ({ kind: 'binary', operator, left, right });
export const plus = binary('+');
export const minus = binary('-');
export const times = binary('*');
export const over = binary('/');
export const greater = binary('>');
export const less = binary('<');
export const both = binary('AND');

/** The larger of two, series by series: CloudWatch's MAX wants series only, and no two of the same formula. */
export const larger = (left: Formula, right: Formula): Formula => when(greater(left, right), left, right);

/** As CloudWatch reads it; every operation in brackets, so that no precedence has to be known. */
export function formulaText(formula: Formula): string {
  switch (formula.kind) {
    case 'series':
      return formula.id;
    case 'number':
      return String(formula.value);
    case 'filled':
      return `FILL(${formula.id}, ${formula.value})`;
    case 'binary':
      return `(${formulaText(formula.left)} ${formula.operator} ${formulaText(formula.right)})`;
    case 'if':
      return `IF(${formulaText(formula.condition)}, ${formulaText(formula.then)}, ${formulaText(formula.otherwise)})`;
  }
}

/**
 * The value for one minute. Undefined where a series is absent and nothing fills it, and for a division by zero,
 * which CloudWatch drops as well.
 */
export function compute(formula: Formula, at: (id: string) => number | undefined): number | undefined {
  switch (formula.kind) {
    case 'series':
      return at(formula.id);
    case 'number':
      return formula.value;
    case 'filled':
      return at(formula.id) ?? formula.value;
    case 'if': {
      const condition = compute(formula.condition, at);
      if (condition === undefined) return undefined;
      return compute(condition === 0 ? formula.otherwise : formula.then, at);
    }
    case 'binary': {
      const left = compute(formula.left, at);
      const right = compute(formula.right, at);
      return left === undefined || right === undefined ? undefined : apply(formula.operator, left, right);
    }
  }
}

function apply(operator: Operator, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : left / right;
    case '>':
      return Number(left > right);
    case '<':
      return Number(left < right);
    case 'AND':
      return Number(left !== 0 && right !== 0);
  }
}
