import type { Estimate } from './estimate.ts';
import { prices } from './prices.ts';

const money = (usd: number): string => usd.toFixed(2);
const amount = (quantity: number): string =>
  quantity >= 100 ? Math.round(quantity).toLocaleString('en-US') : String(Number(quantity.toPrecision(3)));

/** The estimate as Markdown: components with their sum, and under each what it is made of. */
export function estimateText({ lines, total }: Estimate, stack: string, month: number): string {
  const components = [...new Set(lines.map(({ component }) => component))];
  const rows = components.flatMap((component) => {
    const own = lines.filter((line) => line.component === component);
    const sum = own.reduce((whole, { usd }) => whole + usd, 0);
    return [
      `| **${component}** | | | **${money(sum)}** |`,
      ...own.map(({ price, quantity, usd }) => {
        const { usd: each, unit, verified } = prices[price];
        return `| | ${amount(quantity)} ${unit} | ${each}${verified ? '' : ' *'} | ${money(usd)} |`;
      }),
    ];
  });
  return [
    `${stack}, month ${month}: **$${money(total)}** a month at list prices of us-east-1, without the carrier.`,
    '',
    '| component | quantity | price | dollars a month |',
    '|---|---|---|---|',
    ...rows,
    '',
    '\\* a price that was not read on a page; see infra/cost/prices.ts.',
  ].join('\n');
}
