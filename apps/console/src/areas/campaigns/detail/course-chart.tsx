import '@mantine/charts/styles.css';
import { CompositeChart } from '@mantine/charts';
import { useMemo } from 'react';
import type { CampaignCourse, CampaignEstimate } from '#shared/api-client/api-types.ts';
import { exactly, zoneHere } from '../../../parts/time.ts';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { courseSeries } from './course-series.ts';
import { detailTexts } from './texts.ts';

/** Sent, delivered and answered per minute as it was, over what is planned from now on. */
export function CourseChart({
  course,
  zones,
}: {
  course: CampaignCourse;
  /** Of the estimate; null: nothing more is planned. */
  zones: CampaignEstimate['zones'] | null;
}) {
  const say = useTexts(detailTexts);
  const language = useLanguage();
  const now = useNow(zones !== null);
  const data = useMemo(() => courseSeries(course, zones, now), [course, zones, now]);
  const clock = useMemo(() => {
    const [first, last] = [data[0]?.at ?? 0, data.at(-1)?.at ?? 0];
    const isDays = last - first > 36 * 3_600_000;
    return new Intl.DateTimeFormat(language, {
      ...(isDays ? { weekday: 'short', day: 'numeric' } : {}),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  }, [data, language]);
  return (
    <CompositeChart
      h={260}
      data={data}
      dataKey="at"
      withLegend
      maxBarWidth={12}
      curveType="monotone"
      strokeWidth={2}
      lineProps={{ isAnimationActive: false }}
      areaProps={{ isAnimationActive: false }}
      dotProps={{ r: 0 }}
      activeDotProps={{ r: 4 }}
      series={[
        { name: 'plan', label: say('planned'), color: 'var(--c-quiet-mark)', type: 'area' },
        { name: 'sent', label: say('sent'), color: 'var(--c-info-mark)', type: 'line' },
        { name: 'delivered', label: say('delivered'), color: 'var(--c-good-mark)', type: 'line' },
        { name: 'replied', label: say('replies'), color: 'var(--c-held-mark)', type: 'line' },
      ]}
      valueFormatter={(value) => value.toLocaleString(language)}
      xAxisProps={{
        type: 'number',
        scale: 'time',
        domain: ['dataMin', 'dataMax'],
        tickFormatter: (at: number) => clock.format(at),
      }}
      yAxisProps={{ width: 44, allowDecimals: false }}
      tooltipProps={{
        labelFormatter: (at) =>
          Number.isFinite(Number(at))
            ? exactly(new Date(Number(at)).toISOString(), { language, now, zone: zoneHere() })
            : '',
      }}
      aria-label={say('chart')}
    />
  );
}
