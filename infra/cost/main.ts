import { z } from 'zod';
import { evaluateStack } from '../testing/stacks.ts';
import { assumptions } from './assumptions.ts';
import { estimate } from './estimate.ts';
import { estimateText } from './table.ts';

/**
 * `npm run infra:cost -- dev|prod [--month N]`: what a month of a stack costs at list prices, by component. N is the
 * month after the first deployment (default 6), because what is stored grows.
 */
const classOf = z.enum(['dev', 'prod']);
const [stack] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const parsed = classOf.safeParse(stack);
const at = process.argv.indexOf('--month');
const month = at < 0 ? 6 : Number(process.argv[at + 1]);
if (!parsed.success || !Number.isInteger(month) || month < 1) {
  console.error('npm run infra:cost -- dev|prod [--month N]');
  process.exitCode = 2;
} else {
  const { resources } = await evaluateStack(parsed.data);
  console.log(estimateText(estimate(resources, assumptions[parsed.data], month), parsed.data, month));
}
