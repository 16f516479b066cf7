import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import type { FunnelBar } from './report-rows.ts';
import { drillPageTexts } from './texts.ts';

/** Of one bar, in pixels. */
const BAR_HEIGHT = 34;

/** How many came to each prompt, and what became of them there: what is missing from one bar to the next has dropped off. */
export function FunnelChart({ bars }: { bars: FunnelBar[] }) {
  const say = useTexts(drillPageTexts);
  const language = useLanguage();
  return (
    <BarChart
      h={bars.length * BAR_HEIGHT + 76}
      data={bars}
      dataKey="prompt"
      type="stacked"
      orientation="vertical"
      withLegend
      legendProps={{ itemSorter: null }}
      gridAxis="y"
      maxBarWidth={18}
      barProps={{ isAnimationActive: false }}
      series={[
        { name: 'answered', label: say('answered'), color: 'var(--c-good-mark)' },
        { name: 'abandoned', label: say('abandoned'), color: 'var(--c-held-mark)' },
        { name: 'waiting', label: say('waiting'), color: 'var(--c-info-mark)' },
        { name: 'dropped', label: say('dropped'), color: 'var(--c-bad-mark)' },
      ]}
      valueFormatter={(value) => value.toLocaleString(language)}
      xAxisProps={{ allowDecimals: false }}
      yAxisProps={{ width: 132, interval: 0 }}
      aria-label={say('funnel')}
    />
  );
}
