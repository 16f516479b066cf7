import '@mantine/charts/styles.css';
import { AreaChart } from '@mantine/charts';
import { useMemo } from 'react';
import type { CampaignEstimate } from '#shared/api-client/api-types.ts';
import { placeOf } from '../../../parts/place.ts';
import { exactly } from '../../../parts/time.ts';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { reachedAt } from '../detail/course-series.ts';
import { builderTexts } from './texts.ts';

const POINTS = 80;
const colours = ['info', 'good', 'held', 'quiet', 'bad'] as const;

/** How many will have been written to by when, zone upon zone. */
export function ForecastChart({ timeZone, zones }: { zones: CampaignEstimate['zones']; timeZone: string }) {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const now = useNow(false);
  const drawn = zones.filter(({ curve }) => curve.length > 0);
  const data = useMemo(() => {
    const times = drawn.flatMap(({ curve }) => curve.map(({ at }) => Date.parse(at)));
    const [from, to] = [Math.min(...times), Math.max(...times)];
    return Array.from({ length: POINTS + 1 }, (_, index) => {
      const at = Math.round(from + ((to - from) * index) / POINTS);
      return {
        at,
        ...Object.fromEntries(drawn.map(({ curve, zone }) => [zone, Math.round(reachedAt(curve, at))])),
      };
    });
  }, [drawn]);
  const [first, last] = [data[0]?.at ?? 0, data.at(-1)?.at ?? 0];
  const clock = new Intl.DateTimeFormat(language, {
    timeZone,
    ...(last - first > 36 * 3_600_000 ? { weekday: 'short' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (
    <AreaChart
      h={240}
      data={data}
      dataKey="at"
      type="stacked"
      withLegend
      withDots={false}
      curveType="linear"
      areaProps={{ isAnimationActive: false }}
      series={drawn.map(({ zone }, index) => ({
        name: zone,
        label: zone === 'unknown' ? say('unknownZone') : zone.split(', ').map(placeOf).join(', '),
        color: `var(--c-${colours[index % colours.length]}-mark)`,
      }))}
      valueFormatter={(value) => value.toLocaleString(language)}
      xAxisProps={{
        type: 'number',
        scale: 'time',
        domain: ['dataMin', 'dataMax'],
        tickFormatter: (at: number) => clock.format(at),
      }}
      yAxisProps={{ width: 56, allowDecimals: false }}
      tooltipProps={{
        labelFormatter: (at) =>
          Number.isFinite(Number(at))
            ? exactly(new Date(Number(at)).toISOString(), { language, now, zone: timeZone })
            : '',
      }}
      aria-label={say('forecast')}
    />
  );
}
