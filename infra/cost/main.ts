import { evaluateStack } from '../testing/stacks.ts';
import { costArguments, USAGE } from './arguments.ts';
import { assumptions } from './assumptions.ts';
import { estimate } from './estimate.ts';
import { estimateText } from './table.ts';

/** `npm run infra:cost -- dev|prod [--month N]`: what a month of a stack costs at list prices, by component. */
const told = costArguments(process.argv.slice(2));
if (told === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const { month, stack } = told;
  const { resources } = await evaluateStack(stack);
  console.log(estimateText(estimate(resources, assumptions[stack], month), stack, month));
}
